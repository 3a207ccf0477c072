using System.Security.Cryptography;
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
        Assert.Equal(published, _host.Stored.Count);
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
        Assert.Equal(["large.bin", "small.txt"], _host.Stored);
        Assert.Empty(_host.UnderWay);
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
