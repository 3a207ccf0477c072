using System.Net;
using System.Net.Sockets;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>An agent that is told to stop, or whose service is silent, while it has a run: its end is bounded, and nothing is told wrongly.</summary>
public sealed class BusyAgentStopTests
{
    private const string WaitForGo = "while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done";

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_run_is_handed_back_with_its_log_and_checkpoint_when_the_time_to_stop_is_over(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent(sandbox, ("Agent__StopTimeout", "00:00:00"));
        var run = harness.Submit(
            "trap 'echo 7 >$CHECKPOINT_DIR/step; echo saved; exit 0' TERM; echo x >$RESULT_DIR/model/x; echo on; while :; do sleep 0.05; done",
            d => d.Checkpoint = new NodeCheckpoint { Path = "state", IntervalSeconds = 3600 }
        );
        await RunsAsync(run);

        agent.Signal("TERM");
        var report = await harness.CompletionAsync(run);

        Assert.Equal((AttemptOutcome.HandedBack, "Its node was told to stop."), (report.Outcome, report.Message));
        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains("\nsaved\n", run.LogText);
        Assert.Equal("7\n", run.Checkpoints.TextOfSaved("step"));
        Assert.Empty(run.Staged);
        Assert.Empty(Directory.GetDirectories(harness.Work));
    }

    [Theory]
    [InlineData("TERM", "TERM")]
    [InlineData("INT", "INT")]
    [InlineData("TERM", "INT")]
    [InlineData("HUP", "TERM")]
    public async Task A_second_signal_ends_the_agent_at_once_and_hands_its_run_back(string first, string second)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var mark = Guid.NewGuid().ToString("N");
        var run = harness.Submit(
            $"trap '' TERM; bash -c 'trap \"\" TERM; exec -a child-{mark} sleep 600' & echo on; wait",
            d => d.GraceSeconds = 600
        );
        await RunsAsync(run);

        agent.Signal(first);
        await agent.WaitForLine(line => line.Contains("Told to stop"), AgentHarness.Soon);
        agent.Signal(second);

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Equal(AttemptOutcome.HandedBack, (await harness.CompletionAsync(run)).Outcome);
        Assert.Equal(0, CommandEndTests.Running(mark));
        Assert.Empty(Directory.GetDirectories(harness.Work));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("staging")]
    public async Task A_second_signal_ends_what_waits_for_a_service_that_is_silent(string route)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var asked = new TaskCompletionSource();
        harness.Service.Interfere = (_, http) =>
        {
            if (!http.Request.Path.Value!.Contains($"/{route}"))
            {
                return null;
            }
            asked.TrySetResult();
            return 503;
        };
        var agent = harness.StartAgent();
        var run = harness.Submit("echo w >$RESULT_DIR/model/w");
        await asked.Task.WaitAsync(AgentHarness.Soon);

        agent.Signal("TERM");
        await agent.WaitForLine(line => line.Contains("Told to stop"), AgentHarness.Soon);
        agent.Signal("INT");

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Equal(AttemptOutcome.HandedBack, (await harness.CompletionAsync(run)).Outcome);
        Assert.Empty(Directory.GetDirectories(harness.Work));
    }

    [Fact]
    public async Task The_wish_of_the_next_service_is_its_first()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var run = harness.Submit($"echo on; {WaitForGo}");
        await RunsAsync(run);

        agent.Signal("TERM");
        await agent.WaitForLine(line => line.Contains("Told to stop"), AgentHarness.Soon);
        await harness.Service.MoveAsync(harness.Service.Url, pid: 1);
        agent.Signal("TERM");
        await Eventually.Be("it hears", () => Told(agent) == 2, AgentHarness.Soon);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");

        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(run)).Outcome);
        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_cannot_be_handed_back_is_given_up(bool isSilent)
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var silent = new SilentServer();
        var agent = harness.StartAgent(
            "none",
            ("Agent__StopTimeout", "00:00:00"),
            ("Agent__HandBackTimeout", "00:00:01")
        );
        var run = harness.Submit("echo on; exec sleep 600", d => d.GraceSeconds = 1);
        await RunsAsync(run);
        await LeaveAsync(harness, silent, isSilent);

        agent.Signal("TERM");

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains("HandedBack", agent.Output);
        Assert.False(run.Completed.IsCompleted);
        Assert.Empty(Directory.GetDirectories(harness.Work));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_does_not_answer_for_too_long_has_its_run_thrown_away_with_a_line(bool isSilent)
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var silent = new SilentServer();
        var agent = harness.StartAgent(
            "none",
            ("Agent__ServicePatience", "00:00:01"),
            ("Agent__IdleExit", "1.00:00:00")
        );
        var mark = Guid.NewGuid().ToString("N");
        var run = harness.Submit($"echo on; exec -a child-{mark} sleep 600", d => d.LeaseSeconds = 1.5);
        await RunsAsync(run);
        await LeaveAsync(harness, silent, isSilent);

        await agent.WaitForLine(line => line.Contains("has not answered for 00:00:01"), AgentHarness.Soon);
        await Eventually.Be("it is gone", () => Directory.GetDirectories(harness.Work).Length == 0, AgentHarness.Soon);

        Assert.Equal(0, CommandEndTests.Running(mark));
        Assert.False(agent.HasExited);
        silent.Dispose();
        await harness.Service.StartAsync();
        Assert.Equal(AttemptOutcome.Succeeded, (await harness.RunAsync("true")).Report.Outcome);
    }

    private static Task RunsAsync(FakeRun run) =>
        Eventually.Be("the command runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);

    private static int Told(ChildProcess agent) => agent.Output.Split("Told to stop").Length - 1;

    private static async Task LeaveAsync(AgentHarness harness, SilentServer silent, bool isSilent)
    {
        if (isSilent)
        {
            await harness.Service.MoveAsync(silent.Url, Environment.ProcessId);
        }
        await harness.Service.StopAsync();
    }

    /// <summary>Takes connections, and says nothing.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public SilentServer() => _listener.Start(backlog: 100);

        public Uri Url => new($"http://{_listener.LocalEndpoint}");

        public void Dispose() => _listener.Dispose();
    }
}
