using Trainyard.Agent.Limits;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What a run asked for is the most it gets, on machines that can hold it to that.</summary>
public sealed class ResourceLimitTests
{
    private const long Megabyte = 1_000_000;

    /// <summary>Holds and uses so many megabytes.</summary>
    private const string Hog = "import sys; held = bytearray(int(sys.argv[1]) * 1000000); print('held', len(held))";

    [ControlGroupTheory(Controller.Memory)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_that_needs_more_memory_than_its_limit_ends_with_that_reason(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync("python3 hog.py 1200", d => Draft(d, 200 * Megabyte));

        Assert.True(report.Outcome == AttemptOutcome.OutOfMemory, run.LogText);
        Assert.Equal(137, report.ExitCode);
        Assert.StartsWith("the command reached its limit of 200 MB of memory (most in use: ", report.Message);
        Assert.InRange(report.PeakMemoryBytes!.Value, 150 * Megabyte, 200 * Megabyte);
        Assert.Contains(report.Message, run.LogText);
        Assert.DoesNotContain("held 1200", run.LogText);
    }

    [ControlGroupTheory(Controller.Memory)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Processes_share_one_limit_of_memory(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        // Each alone would fit; one that left the session counts too.
        var (run, report) = await harness.RunAsync(
            "set -e; (env -i setsid /usr/bin/python3 hold.py 150 &); sleep 1; python3 hold.py 150",
            d =>
            {
                Draft(d, 250 * Megabyte);
                d.Files["hold.py"] = Hog + "; import time; time.sleep(20)\n";
            }
        );

        Assert.Contains("of the command's processes were killed", run.LogText);
        Assert.InRange(report.PeakMemoryBytes!.Value, 200 * Megabyte, 250 * Megabyte);
    }

    [ControlGroupTheory(Controller.Memory)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task What_a_command_used_is_reported_and_a_limit_that_is_not_met_changes_nothing(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            "python3 hog.py 100; sha256sum /dev/zero & sleep 1",
            d => Draft(d, 12_000 * Megabyte, cpus: 6)
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("held 100000000\n", run.LogText);
        Assert.InRange(report.PeakMemoryBytes!.Value, 100 * Megabyte, 200 * Megabyte);
        Assert.InRange(report.CpuSeconds!.Value, 0.2, 30);
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", $"trainyard-{run.Task.RunId}*", Deep));
    }

    [ControlGroupTheory(Controller.Cpu)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_keeps_no_more_processors_busy_than_it_asked_for(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            "timeout 4 sha256sum /dev/zero; true",
            d => Draft(d, null, cpus: 0.25)
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.InRange(report.CpuSeconds!.Value / report.CommandSeconds, 0, 0.35);
    }

    [ControlGroupTheory(Controller.Pids)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_fork_bomb_goes_off_in_its_own_room_and_ends_with_its_run(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox, ("Agent__MaxProcesses", "100"));
        var mark = Guid.NewGuid().ToString("N");

        var run = harness.Submit(
            $"echo bomb; bomb() {{ bash -c 'exec -a b-{mark} sleep 600' & bomb | bomb; }}; bomb 2>/dev/null; wait",
            d => d.MaxDurationSeconds = 3
        );
        var most = 0;
        await Eventually.Be(
            "the run ends",
            () =>
            {
                most = Math.Max(most, CommandEndTests.Running(mark));
                return run.Completed.IsCompleted;
            },
            TimeSpan.FromSeconds(60)
        );
        var report = await run.Completed;

        Assert.NotEqual(AttemptOutcome.NodeFailed, report.Outcome);
        Assert.InRange(most, 1, 100);
        Assert.Contains("met its limit of 100 processes and threads", run.LogText);
        Assert.Equal(0, CommandEndTests.Running(mark));
    }

    [ControlGroupTheory(Controller.Pids)]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task What_left_the_session_and_its_variables_is_still_found(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);
        var mark = Guid.NewGuid().ToString("N");

        var (run, report) = await harness.RunAsync(
            $"env -i setsid bash -c 'cd /; exec -a far-{mark} sleep 600' </dev/null >/dev/null 2>&1 & sleep 0.5; echo gone"
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Equal(0, CommandEndTests.Running(mark));
    }

    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 6 };

    private static void Draft(RunDraft draft, long? memory, double? cpus = null)
    {
        draft.Files["hog.py"] = Hog;
        draft.MemoryBytes = memory;
        draft.Cpus = cpus;
    }
}
