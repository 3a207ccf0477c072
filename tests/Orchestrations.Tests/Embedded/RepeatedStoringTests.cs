using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Tests;

/// <summary>Storing that is cut short and repeated: a result is stored when the bucket says so, and never lost.</summary>
public sealed class RepeatedStoringTests : IAsyncLifetime
{
    private readonly byte[] _large = RandomNumberGenerator.GetBytes(StoringHost.PartBytes + 7);
    private StoringHost _host = null!;

    public async Task InitializeAsync() => _host = await StoringHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_unit_that_was_cut_short_between_two_files_is_stored_when_it_is_repeated(int published)
    {
        for (var file = 0; file < 3; file++)
        {
            await _host.StageAsync($"{file}.txt", [(byte)file]);
        }
        await _host.PlanAsync();
        await _host.UnstageAsync($"{published}.txt");
        await Assert.ThrowsAsync<FileNotFoundException>(() => _host.StoreAsync(unit: 0));
        Assert.DoesNotContain($"{published}.txt", _host.Stored);
        await _host.StageAsync($"{published}.txt", [(byte)published]);

        Assert.Null(await _host.StoreAsync(unit: 0));

        Assert.Equal(["0.txt", "1.txt", "2.txt"], _host.Stored);
        Assert.Equal([2], _host.Read("2.txt"));
        Assert.Empty(_host.UnderWay);
    }

    [Theory]
    [InlineData(1, false, "left")]
    [InlineData(2, false, "left")]
    [InlineData(1, true, "left")]
    [InlineData(2, true, "followed")]
    public async Task The_metrics_file_that_the_program_left_is_stored_unless_it_went_on_with_an_earlier_one(
        int attempt,
        bool goesOn,
        string expected
    )
    {
        const string path = "learner-1/evaluation-metrics.txt";
        if (goesOn)
        {
            await _host.AskForCheckpointsAsync();
        }
        await _host.FollowedAsync("followed");
        await _host.StageAsync(path, "left"u8.ToArray(), attempt);

        await _host.PlanAsync(attempt);
        Assert.Null(await _host.StoreAsync(unit: 0));

        Assert.Equal([path], _host.Stored);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(_host.Read(path)));
    }

    [Fact]
    public async Task Each_learner_s_log_of_all_attempts_and_its_own_metrics_file_are_stored()
    {
        await _host.HaveLearnersAsync(2);
        await _host.PrintedAsync("log of one", learner: 1);
        await _host.PrintedAsync("log of two", learner: 2);
        await _host.FollowedAsync("followed", learner: 2);
        await _host.StageAsync("model/weights", [1]);
        await _host.StageAsync("learner-2/model/weights", [2]);
        await _host.StageAsync("learner-2/training-log.txt", "of the last attempt"u8.ToArray());
        await _host.StageAsync("learner-2/evaluation-metrics.txt", "left"u8.ToArray());

        await _host.PlanAsync();
        Assert.Null(await _host.StoreAsync(unit: 0));

        Assert.Equal(
            [
                "learner-1/training-log.txt: log of one",
                "learner-2/evaluation-metrics.txt: left",
                "learner-2/model/weights: \u0002",
                "learner-2/training-log.txt: log of two",
                "model/weights: \u0001",
            ],
            _host
                .Stored.Select(path => $"{path}: {System.Text.Encoding.UTF8.GetString(_host.Read(path))}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Metrics_of_a_node_that_was_lost_are_stored_as_they_were_followed()
    {
        await _host.FollowedAsync("followed");

        await _host.PlanAsync();
        Assert.Null(await _host.StoreAsync(unit: 0));

        Assert.Equal("followed"u8.ToArray(), _host.Read("learner-1/evaluation-metrics.txt"));
    }

    [Fact]
    public async Task Units_whose_receipts_were_not_kept_are_stored_again_also_after_the_end()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.StageAsync("small.txt", [1]);
        var units = await _host.PlanAsync();
        Assert.Equal(3, units);

        for (var time = 0; time < 2; time++)
        {
            for (var unit = 0; unit < units; unit++)
            {
                Assert.Null(await _host.StoreAsync(unit));
                await _host.Blobs.DeleteAsync(RunBlobs.Receipt(_host.Run, unit).ToString(), default);
                Assert.Null(await _host.StoreAsync(unit));
            }
            Assert.Null(await _host.CompleteAsync());
            for (var unit = 0; unit < units; unit++)
            {
                await _host.Blobs.DeleteAsync(RunBlobs.Receipt(_host.Run, unit).ToString(), default);
            }
        }

        Assert.Equal(_large, _host.Read("large.bin"));
        Assert.Equal(["_manifest.json", "large.bin", "small.txt"], _host.Stored);
        Assert.Empty(_host.UnderWay);
    }

    [Fact]
    public async Task The_list_of_all_that_is_stored_is_written_last_with_sizes_and_hashes()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.StageAsync("ä b/+%#.txt", [1, 2]);
        await _host.StageAsync("_manifest.json", "of an older agent"u8.ToArray());
        await _host.StageAsync("_manifest.json/x", [1]);
        await _host.FollowedAsync("followed");
        var units = await _host.PlanAsync();
        for (var unit = 0; unit < units; unit++)
        {
            Assert.Null(await _host.StoreAsync(unit));
            Assert.DoesNotContain("_manifest.json", _host.Stored);
        }

        Assert.Null(await _host.CompleteAsync());

        var list = JsonNode.Parse(_host.Read("_manifest.json"))!;
        Assert.Equal($"{_host.Run}", (string?)list["run_id"]);
        var listed = list["files"]!
            .AsArray()
            .ToDictionary(f => (string)f!["path"]!, f => ((long)f!["size"]!, (string)f["sha256"]!));
        Assert.Equal(
            ["_submitted_code/model.zip", "large.bin", "learner-1/evaluation-metrics.txt", "ä b/+%#.txt"],
            listed.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(_host.Archive, listed["_submitted_code/model.zip"]);
        foreach (var (path, (size, sha256)) in listed.Where(f => !f.Key.StartsWith('_')))
        {
            var stored = _host.Read(path);
            Assert.Equal((stored.LongLength, Convert.ToHexStringLower(SHA256.HashData(stored))), (size, sha256));
        }

        // The service's own list has the document, too.
        var kept = await _host.FilesAsync();
        var document = _host.Read("_manifest.json");
        listed["_manifest.json"] = (document.LongLength, Convert.ToHexStringLower(SHA256.HashData(document)));
        Assert.Equal(listed, kept.ToDictionary(f => f.Path, f => (f.Bytes, f.Sha256)));
    }

    [Fact]
    public async Task What_is_stored_once_more_has_its_list_rewritten_and_the_submitted_code_with_it()
    {
        await _host.StageAsync("small.txt", [1]);
        Assert.Null(await _host.ValidateAsync());
        await _host.PlanAsync();
        await _host.FailAsync(unstored: true);
        _host.LoseBucket();
        await _host.ReopenAsync();

        var units = await _host.PlanAsync();
        for (var unit = 0; unit < units; unit++)
        {
            Assert.Null(await _host.StoreAsync(unit));
        }
        Assert.Null(await _host.CompleteAsync());

        Assert.Equal(["_manifest.json", "_submitted_code/model.zip", "small.txt"], _host.Stored);
        Assert.Equal(_host.Archive.Bytes, _host.Read("_submitted_code/model.zip").LongLength);
        Assert.Equal(1, (await _host.ResultsAsync())!.Files);
    }

    [Fact]
    public async Task A_unit_that_comes_after_the_end_of_its_storing_leaves_nothing()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.StageAsync("small.txt", [1]);
        var units = await _host.PlanAsync();
        await _host.FailAsync();
        await _host.KeepCredentialsAsync();

        for (var unit = 0; unit < units; unit++)
        {
            Assert.Equal("storing_ended", (await _host.StoreAsync(unit))?.Code);
        }

        Assert.Empty(_host.Stored);
        Assert.Empty(_host.UnderWay);
    }

    [Fact]
    public async Task An_upload_that_was_begun_by_a_plan_that_was_never_finished_is_given_up()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.PlanAsync();
        await _host.Blobs.DeleteAsync(RunBlobs.Plan(_host.Run).ToString(), default);
        await _host.ForgetUploadIdsAsync();
        Assert.Single(_host.UnderWay);

        await _host.FailAsync();

        Assert.Empty(_host.UnderWay);
    }

    [Fact]
    public async Task A_late_receipt_of_an_earlier_storing_is_none_of_the_next_one()
    {
        await _host.StageAsync("small.txt", [1]);
        await _host.PlanAsync();
        Assert.Null(await _host.StoreAsync(unit: 0));
        var name = RunBlobs.Receipt(_host.Run, 0);
        await using var receipt = await _host.Blobs.OpenReadAsync(name, 0, null, default);
        await _host.FailAsync(unstored: true);
        _host.LoseBucket();
        await _host.ReopenAsync();
        await _host.Blobs.PutAsync(name, receipt!, expectedSha256: null, default);

        await _host.PlanAsync();
        Assert.Null(await _host.StoreAsync(unit: 0));

        Assert.Contains("small.txt", _host.Stored);
    }

    [Fact]
    public async Task An_upload_that_the_store_lost_is_no_refusal_of_its_user()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.PlanAsync();
        _host.LoseUploads();

        var e = await Assert.ThrowsAnyAsync<Exception>(() => _host.StoreAsync(unit: 0));

        Assert.StartsWith("System store_corrupt: ", e.Message);
        Assert.Equal(ObjectStoreFailure.ObjectNotFound, Assert.IsType<ObjectStoreException>(e.InnerException).Failure);
    }

    [Fact]
    public async Task A_plan_leaves_nothing_in_the_bucket_of_files_that_are_not_written()
    {
        await _host.StageAsync("small.txt", [1]);

        await _host.PlanAsync();

        Assert.Empty(_host.UnderWay);
    }

    [Fact]
    public async Task A_run_that_ends_without_its_storing_gives_its_uploads_up_and_keeps_what_is_staged()
    {
        await _host.StageAsync("large.bin", _large);
        await _host.StageAsync("small.txt", [1]);
        var units = await _host.PlanAsync();
        for (var unit = 0; unit < units; unit += 2)
        {
            await _host.StoreAsync(unit);
        }
        Assert.Single(_host.UnderWay);

        await _host.FailAsync();
        await _host.FailAsync();

        Assert.Empty(_host.UnderWay);
        Assert.Equal(["small.txt"], _host.Stored);
        Assert.NotNull(await _host.Blobs.FindAsync(RunBlobs.Plan(_host.Run), default));
    }

    [Theory]
    [InlineData(RunPhase.Completed, "model/weights")]
    [InlineData(RunPhase.Failed, null)]
    [InlineData(RunPhase.Halted, null)]
    public async Task Once_stored_only_a_completed_run_s_model_stays_in_staging(RunPhase phase, string? stays)
    {
        string[] others =
        [
            "plot.png",
            "learner-1/tb/events",
            "learner-1/training-log.txt",
            "mod/x",
            "models/x",
            "m.txt",
        ];
        await _host.StageAsync("model/weights", [1]);
        foreach (var path in others)
        {
            await _host.StageAsync(path, [2]);
        }
        var units = await _host.PlanAsync();
        for (var unit = 0; unit < units; unit++)
        {
            await _host.StoreAsync(unit);
        }
        await _host.CompleteAsync();

        await _host.EndAsync(phase);

        Assert.Equal(stays is null ? [] : [stays], await _host.StagedAsync());
    }
}
