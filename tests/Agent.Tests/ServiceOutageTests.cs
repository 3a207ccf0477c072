using System.Text;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>A run outlives its service, which may come back at another port.</summary>
public sealed class ServiceOutageTests
{
    [Fact]
    public async Task A_run_whose_service_restarts_while_it_prints_loses_and_repeats_no_line()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var run = harness.Submit("for i in $(seq 1 400); do echo line $i; sleep 0.01; done");
        await Eventually.Be("some lines", () => run.LogText.Contains("line 20\n"), AgentHarness.Soon);
        await harness.Service.StopAsync();
        await Eventually.Be("the command ends", () => LocalLog(harness, run).Contains("line 400\n"), AgentHarness.Soon);
        await harness.Service.StartAsync();
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var lines = run.LogText.Split('\n').Where(l => l.StartsWith("line ", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 400).Select(i => $"line {i}"), lines);
    }

    [Fact]
    public async Task A_lost_answer_to_an_append_repeats_nothing()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var dropped = 0;
        harness.Service.AfterAppend = context =>
        {
            if (Interlocked.Increment(ref dropped) % 2 == 1)
            {
                context.Abort();
            }
        };
        harness.StartAgent();

        var (run, _) = await harness.RunAsync("for i in $(seq 1 100); do echo line $i; sleep 0.01; done");

        Assert.True(dropped > 1);
        Assert.Equal(100, run.LogText.Split('\n').Count(l => l.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
    }

    [Fact]
    public async Task A_service_that_restarts_while_results_are_staged_gets_every_file_whole()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var staging = new TaskCompletionSource();
        harness.Service.Interfere = (run, context) =>
        {
            if (
                run.Staged.Count < 5
                || !context.Request.Path.Value!.EndsWith(AgentRoutes.Staging, StringComparison.Ordinal)
            )
            {
                return null;
            }
            staging.TrySetResult();
            return 503;
        };

        var run = harness.Submit("for i in $(seq 1 30); do head -c 100000 /dev/urandom > $RESULT_DIR/model/$i; done");
        await staging.Task.WaitAsync(AgentHarness.Soon);
        await harness.Service.StopAsync();
        harness.Service.Interfere = (_, _) => null;
        await harness.Service.StartAsync();
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal(31, report.StagedFiles);
        Assert.Equal(
            30,
            run.Staged.Count(f => f.Key.StartsWith("model/", StringComparison.Ordinal) && f.Value.Length == 100_000)
        );
    }

    [Fact]
    public async Task Files_are_staged_at_a_store_s_address_without_our_token_and_again_when_it_expires()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        store.Refusals.Enqueue(403);
        var run = harness.Submit("echo a > $RESULT_DIR/model/a");
        run.UploadTo = path => new UploadTarget
        {
            Url = store.StagingUrl + path,
            Headers = new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" },
        };
        harness.StartAgent();

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal("a\n"u8.ToArray(), store.Staged["model/a"]);
        Assert.Equal(run.LogText, Encoding.UTF8.GetString(store.Staged["learner-1/training-log.txt"]));
        Assert.All(store.Authorizations, Assert.Empty);
    }

    [Fact]
    public async Task A_lease_that_is_lost_stops_the_command_at_once_and_nothing_is_reported()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var run = harness.Submit("trap '' TERM; echo on; sleep 600", d => d.GraceSeconds = 600);
        await Eventually.Be("the command runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);
        run.LeaseLost = true;
        await Eventually.Be(
            "the attempt is thrown away",
            () => Directory.GetDirectories(harness.Work).Length == 0,
            AgentHarness.Soon
        );
        var (_, next) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, next.Outcome);
        Assert.False(run.Completed.IsCompleted);
        Assert.Empty(run.Staged);
    }

    [Fact]
    public async Task A_refused_pool_key_is_read_again_until_it_is_right()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.AcceptedKey = "the-new-key";
        var agent = harness.StartAgent();
        await agent.WaitForLine(l => l.Contains("pool key is refused"), AgentHarness.Soon);

        await File.WriteAllTextAsync(Path.Combine(harness.Home, "agent", "pool.key"), "the-new-key");
        var (_, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.DoesNotContain("the-new-key", agent.Output);
    }

    [Fact]
    public async Task Logs_that_the_service_refuses_do_not_fail_the_run()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (_, context) =>
            context.Request.Path.Value!.EndsWith("/log", StringComparison.Ordinal) ? 413 : null;
        harness.StartAgent();

        var (run, report) = await harness.RunAsync("echo kept");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("\nkept\n", run.StagedText("learner-1/training-log.txt"));
    }

    [Fact]
    public async Task A_result_that_the_service_refuses_makes_a_success_the_node_s_failure()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (_, context) => context.Request.Query["path"] == "model/b" ? 413 : null;
        harness.StartAgent();

        var (run, report) = await harness.RunAsync("cd $RESULT_DIR/model; echo a > a; echo b > b; echo c > c");

        Assert.Equal(AttemptOutcome.NodeFailed, report.Outcome);
        Assert.Contains("'model/b' could not be staged", report.Message);
        Assert.Contains("model/c", run.Staged.Keys);
    }

    private static string LocalLog(AgentHarness harness, FakeRun run) =>
        Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(harness.AttemptFolder(run), "log")));
}
