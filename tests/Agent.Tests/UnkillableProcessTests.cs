using Trainyard.Agent.Processes;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Processes that stay whatever the agent does: another user's, or waiting for a device that does not answer.</summary>
public sealed class UnkillableProcessTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [RootFact]
    public async Task A_run_whose_process_cannot_be_killed_ends_and_its_slot_waits_until_the_process_is_gone()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var program = Path.Combine(harness.WriteProgram("become-root", ""), "become-root");
        File.Copy("/usr/bin/setpriv", program, overwrite: true);
        await harness.StartAgentAsNobodyAsync("none", ("Pool__Slots", "2"));
        MakeSetUid(program);
        var run = harness.Submit($"{program} --reuid=0 sleep 600 & echo pid $! on; wait");
        await Eventually.Be("the command runs", () => run.LogText.Contains(" on\n"), AgentHarness.Soon);
        var pid = run.LogText.Split("\npid ")[1].Split(' ')[0];

        run.CancelRequested = true;
        var report = await run.Completed.WaitAsync(Bound);

        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.Contains($"cannot be ended: {pid} (sleep). They are left behind.\n", run.LogText);
        await Eventually.Be(
            "the log names it",
            () => harness.AgentOutput.Contains($"cannot be killed: {pid} (sleep)"),
            Bound
        );
        await OfferedAsync(harness, free: 1);

        // Another agent on this node learns it from the folder that the first one left.
        await harness.KillAgentsAsync();
        await harness.StartAgentAsNobodyAsync("none", ("Pool__Slots", "2"));
        await OfferedAsync(harness, free: 1);

        Native.Signal(int.Parse(pid), Native.SigKill);
        await OfferedAsync(harness, free: 2);
    }

    [Fact]
    public async Task A_process_that_was_given_up_is_known_by_its_number_and_its_start()
    {
        await using var child = ChildProcess.Start("sleep", ["600"]);
        var entry = ProcessEntry.Read(child.Id)!;
        var mark = new ProcessMark(Leader: 0, StartTime: 0, Variable: "no=variable")
        {
            Remaining = [new RemainingProcess(entry.Pid, entry.StartTime - 1)],
        };

        Assert.Empty(new ProcessGroup(mark, ours: false, TimeProvider.System).Members());
        var group = new ProcessGroup(mark, ours: false, TimeProvider.System).With([entry]);
        Assert.Equal([entry.Pid], group.Members().Select(p => p.Pid));
        Assert.Empty(await group.KillAsync(Bound, CancellationToken.None));
        await child.WaitForExit(Bound);
    }

    /// <summary>It runs as root then, whoever starts it.</summary>
    private static void MakeSetUid(string program)
    {
        Assert.True(Native.TryOwn(program, 0));
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.SetUser);
    }

    private static async Task OfferedAsync(AgentHarness harness, int free)
    {
        harness.Service.Questions.Clear();
        await Eventually.Be(
            $"{free} free slots offered",
            () => harness.Service.Questions.Any(q => q.Offer.FreeSlots == free),
            Bound
        );
    }
}
