using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What of the checkpoint folder is saved while a command runs, and what the next attempt finds in it.</summary>
public sealed class CheckpointTests
{
    private const double Never = 3600;
    private const string WaitForGo = "while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done";

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task The_folder_is_saved_while_the_command_runs_and_once_more_when_it_has_failed(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var run = harness.Submit(
            $"cd $CHECKPOINT_DIR; mkdir deep; echo 1 > deep/step; echo w > same; ln -s deep/step last; {WaitForGo}; echo 2 > deep/step; exit 3",
            d => d.Checkpoint = Every(0.1)
        );
        var first = new Dictionary<string, string>
        {
            ["deep/step"] = "1\n",
            ["last"] = "1\n",
            ["same"] = "w\n",
        };
        await Eventually.Be("it is saved", () => Last(run) is { Count: 3 }, AgentHarness.Soon);
        Assert.Equal(first, Last(run)!.ToDictionary());
        await GoAsync(harness, run);
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.CommandFailed, report.Outcome);
        Assert.Equal("2\n", Last(run)!["deep/step"]);
        Assert.Single(run.Checkpoints.Sent, FakeCheckpoints.HashOf("w\n"u8.ToArray()));
        Assert.Equal(2, run.Checkpoints.Contents.Count);
        Assert.Equal("2\n", run.StagedText("state/now/deep/step"));
    }

    [Fact]
    public async Task The_last_checkpoint_is_there_before_the_next_attempt_s_command_begins_and_is_not_sent_again()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "cd $CHECKPOINT_DIR; pwd; cat a deep/b; date -u -r a +%FT%TZ; rm a; echo new > c",
            d =>
            {
                d.Attempt = 2;
                d.Checkpoint = Every(Never);
                d.Checkpoints.Put("a", "first\n");
                d.Checkpoints.Put("deep/b", "second\n");
            }
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("Restored a checkpoint of 2026-03-04T05:06:07Z: 2 files, 13 bytes.\n", run.LogText);
        Assert.Contains("/state/now\nfirst\nsecond\n2026-01-02T03:04:05Z\n", run.LogText);
        Assert.Equal(["c", "deep/b"], Last(run)!.Keys.Order());
        Assert.Equal([FakeCheckpoints.HashOf("new\n"u8.ToArray())], run.Checkpoints.Sent);
    }

    [Fact]
    public async Task Without_a_checkpoint_the_folder_is_empty_and_nothing_is_committed()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "ls -A $CHECKPOINT_DIR; echo looked",
            d => d.Checkpoint = Every(0.1)
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.DoesNotContain("Restored", run.LogText);
        Assert.Null(run.Checkpoints.Saved);
    }

    [Fact]
    public async Task Content_that_is_not_what_was_saved_is_never_trained_on()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "echo trained",
            d =>
            {
                d.Checkpoint = Every(Never);
                d.Checkpoints.Put("a", "other", FakeCheckpoints.HashOf("right"u8.ToArray()));
            }
        );

        Assert.Equal(AttemptOutcome.NodeFailed, report.Outcome);
        Assert.Contains("its SHA-256 differs", report.Message);
        Assert.DoesNotContain("\ntrained\n", run.LogText);
        Assert.Empty(run.Checkpoints.Commits);
    }

    [Theory]
    [InlineData("../../out")]
    [InlineData("/tmp/out")]
    [InlineData("a//b")]
    public async Task A_path_out_of_the_folder_fails_the_attempt_and_writes_nothing(string path)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "echo trained",
            d =>
            {
                d.Checkpoint = Every(Never);
                d.Checkpoints.Put(path, "bad");
            }
        );

        Assert.Equal(AttemptOutcome.NodeFailed, report.Outcome);
        Assert.Contains("leads out of its folder", report.Message);
        Assert.DoesNotContain(run.Staged.Keys, k => k.Contains("out"));
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_the_checkpoint_before_whole_and_the_run_alone()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "echo new > $CHECKPOINT_DIR/a",
            d =>
            {
                d.Checkpoint = Every(Never);
                d.Checkpoints.Put("a", "old\n");
                d.Checkpoints.CommitRefusals.Enqueue(400);
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Empty(run.Checkpoints.Commits);
        Assert.Equal("old\n", run.Checkpoints.TextOfSaved("a"));
        Assert.Contains("a checkpoint could not be saved", agent.Output);
    }

    [Fact]
    public async Task What_the_service_has_lost_is_sent_again_at_the_next_save()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var run = harness.Submit(
            // Moved there whole: a save could find it empty.
            $"echo kept > $RESULT_DIR/a; mv $RESULT_DIR/a $CHECKPOINT_DIR/a; {WaitForGo}",
            d =>
            {
                d.Checkpoint = Every(0.1);
                d.Checkpoints.CommitRefusals.Enqueue(409);
            }
        );
        await Eventually.Be("it is saved", () => Last(run) is { Count: 1 }, AgentHarness.Soon);
        await GoAsync(harness, run);
        await harness.CompletionAsync(run);

        Assert.Equal(2, run.Checkpoints.Sent.Count);
    }

    [Fact]
    public async Task A_canceled_command_s_last_words_are_saved()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var run = harness.Submit(
            "trap 'echo saved > $CHECKPOINT_DIR/a; exit 0' TERM; echo on; while :; do sleep 0.05; done",
            d => d.Checkpoint = Every(Never)
        );
        await Eventually.Be("the command runs", () => run.LogText.Contains("on\n"), AgentHarness.Soon);
        run.CancelRequested = true;
        await harness.CompletionAsync(run);

        Assert.Equal("saved\n", Last(run)!["a"]);
    }

    private static NodeCheckpoint Every(double seconds) => new() { Path = "state/now", IntervalSeconds = seconds };

    private static IReadOnlyDictionary<string, string>? Last(FakeRun run) => run.Checkpoints.Commits.LastOrDefault();

    private static Task GoAsync(AgentHarness harness, FakeRun run) =>
        File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
}
