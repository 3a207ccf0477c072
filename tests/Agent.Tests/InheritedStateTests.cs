using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What a command has from whoever started it: nothing but its variables, and 0, 1 and 2.</summary>
public sealed class InheritedStateTests
{
    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Signals_that_the_agent_s_parent_ignores_are_at_their_defaults(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var agent = StartIgnoring(harness, sandbox);

        var (run, report) = await harness.RunAsync(
            "yes | head -1; echo status ${PIPESTATUS[0]}; grep -E '^Sig(Ign|Blk)' /proc/self/status | tr -d '\\t'; "
                + "for s in INT HUP QUIT USR1 PIPE; do sh -c \"kill -$s \\$\\$; echo ignored $s\"; done; true"
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("\nstatus 141\n", run.LogText);
        Assert.Contains("SigBlk:0000000000000000\nSigIgn:0000000000000000\n", run.LogText);
        Assert.DoesNotContain("\nignored ", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task No_descriptor_of_the_agent_s_parent_is_open(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var agent = StartIgnoring(harness, sandbox);

        var (run, _) = await harness.RunAsync("echo open $(cd /proc/self/fd && echo *) of $(readlink /proc/self/fd/0)");

        // The shell of the substitution has its folder open to list it.
        Assert.Contains("\nopen 0 1 2 3 of /dev/null\n", run.LogText);
    }

    /// <summary>An agent as a script in the background, or one under nohup, would start it.</summary>
    private static ChildProcess StartIgnoring(AgentHarness harness, string sandbox) =>
        ChildProcess.Start(
            "sh",
            [
                "-c",
                "trap '' INT HUP QUIT USR1 PIPE; exec dotnet \"$0\" --home \"$1\" 7</etc/hostname 9</dev/zero",
                Path.Combine(AppContext.BaseDirectory, "Trainyard.Agent.dll"),
                harness.Home,
            ],
            new Dictionary<string, string?> { ["Agent__Sandbox"] = sandbox, ["Pool__Slots"] = "2" }
        );
}
