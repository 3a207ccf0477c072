using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>Files that somebody writes to, or takes away, while they are staged: never the run's end, never half of one state.</summary>
public sealed class ChangingFileTests
{
    private const string Path = "model/weights";
    private const int Bytes = 300_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_overwritten_once_is_stored_as_it_is_then(bool atStore)
    {
        var staging = await StageAsync(atStore, (file, asked) => OverwriteWhen(asked == 1, file, 'b'));

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Equal(new string('b', Bytes), staging.Stored());
        Assert.DoesNotContain($"'{Path}'", staging.Run.LogText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_becomes_shorter_is_stored_as_it_is_then(bool atStore)
    {
        var staging = await StageAsync(
            atStore,
            (file, asked) =>
            {
                if (asked == 1)
                {
                    using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
                    RandomAccess.SetLength(handle, 10);
                }
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Equal(new string('a', 10), staging.Stored());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_goes_on_growing_is_stored_up_to_where_it_was(bool atStore)
    {
        var staging = await StageAsync(atStore, (file, _) => File.AppendAllText(file, "more"));

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Equal(new string('a', Bytes), staging.Stored());
        Assert.DoesNotContain($"'{Path}'", staging.Run.LogText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_another_one_is_renamed_over_is_stored_as_it_was(bool atStore)
    {
        var staging = await StageAsync(
            atStore,
            (file, _) =>
            {
                File.WriteAllText(file + ".next", new string('b', 10));
                File.Move(file + ".next", file, overwrite: true);
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Equal(new string('a', Bytes), staging.Stored());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_overwritten_again_and_again_is_stored_as_it_was_read_with_a_line(bool atStore)
    {
        var staging = await StageAsync(atStore, (file, asked) => OverwriteWhen(true, file, (char)('a' + asked)));

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Equal(new string('d', Bytes), staging.Stored());
        Assert.Contains($"Stored '{Path}' as it was read: it changed again and again meanwhile.\n", staging.Log());
    }

    [Fact]
    public async Task A_file_that_is_taken_away_before_it_is_opened_is_left_out_with_a_line()
    {
        var staging = await StageAsync(
            atStore: false,
            (file, _) => File.Delete(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "z"))
        );

        Assert.Equal(AttemptOutcome.Succeeded, staging.Report.Outcome);
        Assert.Null(staging.Report.Undelivered);
        Assert.DoesNotContain("model/z", staging.Run.Staged.Keys);
        Assert.Contains("Did not store 'model/z': it was taken away before it could be.\n", staging.Log());
        Assert.Equal(2, staging.Report.StagedFiles);
    }

    private static void OverwriteWhen(bool overwrites, string file, char with)
    {
        if (overwrites)
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(new string(with, Bytes)), 0);
        }
    }

    /// <param name="atStore">Whether it is staged at a store, which compares nothing.</param>
    /// <param name="change">Called when the agent has read the file and asks where to put it: the file, and how often it asked.</param>
    private static async Task<Staging> StageAsync(bool atStore, Action<string, int> change)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var asked = 0;
        var run = harness.Submit(
            $"head -c {Bytes} /dev/zero | tr '\\0' a >$RESULT_DIR/{Path}; echo z >$RESULT_DIR/model/z"
        );
        run.UploadTo = path =>
        {
            if (path == Path)
            {
                change(System.IO.Path.Combine(harness.AttemptFolder(run), "job", "dl-models", Path), ++asked);
            }
            return atStore ? AtStore(store, path) : null;
        };
        harness.StartAgent("none", ("Agent__Uploads", "1"));
        var report = await harness.CompletionAsync(run);
        return new Staging(run, report, atStore ? store.Staged : run.Staged);
    }

    private static UploadTarget AtStore(PlainStore store, string path) =>
        new()
        {
            Url = store.StagingUrl + path,
            Headers = new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" },
        };

    private sealed record Staging(FakeRun Run, CompletionReport Report, IReadOnlyDictionary<string, byte[]> Files)
    {
        public string Stored() => Text(Path);

        public string Log() => Text("learner-1/training-log.txt");

        private string Text(string path) => System.Text.Encoding.UTF8.GetString(Files[path]);
    }
}
