using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.Agent.Tests.Containers;

/// <summary>A command in an image is run as one without: folders, variables, exit codes, signals, limits.</summary>
public sealed class ContainerCommandTests(ContainerWorld world) : IClassFixture<ContainerWorld>
{
    [ContainerFact]
    public async Task A_command_has_the_image_s_system_and_the_run_s_own_folders()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);

        var (run, report) = await harness.RunAsync(
            "cat /etc/note; echo; pwd; cat $DATA_DIR/one; echo; echo result > $RESULT_DIR/out; echo \"$WISH\"; id -u; cat train.sh;"
                + " touch $DATA_DIR/new /new 2>&1; echo own > /tmp/own && cat /tmp/own; tail -n 1 $LOG_DIR/training-log.txt; echo err >&2; echo stdout > /dev/stdout",
            d =>
            {
                d.Image = new NodeImage { Name = world.Image };
                d.Data.Add(new FakeObject("one", "data of the run"u8.ToArray()));
                d.Env["WISH"] = "it's a \"$HOME\"\nand `more`";
            }
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText + report.Message + harness.AgentOutput);
        Assert.Equal(world.Digest, report.ImageDigest);
        Assert.Contains("small one\n/job/model-code\ndata of the run\n", run.LogText);
        Assert.Contains("\nit's a \"$HOME\"\nand `more`\n60800\necho trained\n", run.LogText);
        Assert.Contains("/job/dl-data/new: Read-only file system", run.LogText);
        Assert.Contains("/new: Read-only file system\nown\n", run.LogText);
        Assert.Contains("err\nstdout\n", run.LogText);
        Assert.Equal("result\n", run.StagedText("out"));
        Assert.Contains($"Pulling the image {world.Image}.\n", run.LogText);
        Assert.Contains($"The image is {world.Digest}, ", run.LogText);
        Assert.Equal("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
    }

    [ContainerFact]
    public async Task The_pool_s_rules_of_the_network_hold_in_a_container_too()
    {
        await using var store = await PlainStore.StartAsync("stored"u8.ToArray());
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap", ContainerWorld.SettingsOf(world.Engine));

        var (run, report) = await harness.RunAsync(
            $"wget -q -O - '{store.Url}'; echo; wget -O - {harness.Service.Url} 2>&1",
            Small
        );

        Assert.Equal(AttemptOutcome.CommandFailed, report.Outcome);
        Assert.True(run.LogText.Contains("\nstored\n"), run.LogText);
        Assert.Contains("Connection refused", run.LogText);
    }

    [ContainerFact]
    public async Task Exit_codes_are_the_command_s_own_also_those_that_engines_use_themselves()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);

        foreach (var (command, code) in new[] { ("exit 125", 125), ("kill -9 $$", 137), ("no-such-program", 127) })
        {
            var (run, report) = await harness.RunAsync(command, Small);

            Assert.True(report.Outcome == AttemptOutcome.CommandFailed, run.LogText + report.Message);
            Assert.Equal(code, report.ExitCode);
        }
    }

    [ContainerFact]
    public async Task A_cancel_lets_the_command_end_in_peace_and_kills_one_that_does_not()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);
        var peaceful = harness.Submit("trap 'echo saved; exit 3' TERM; echo begun; while :; do sleep 0.1; done", Small);
        var stubborn = harness.Submit(
            "trap '' TERM; echo begun; while :; do sleep 0.1; done",
            d =>
            {
                Small(d);
                d.GraceSeconds = 0.5;
            }
        );

        foreach (var run in new[] { peaceful, stubborn })
        {
            await Eventually.Be(
                "begun",
                () => run.LogText.Contains("begun\n"),
                AgentHarness.Soon,
                () => harness.AgentOutput
            );
            run.CancelRequested = true;
        }

        var saved = await harness.CompletionAsync(peaceful);
        Assert.Equal((AttemptOutcome.Canceled, 3), (saved.Outcome, saved.ExitCode));
        Assert.Contains("saved\n", peaceful.LogText);
        var killed = await harness.CompletionAsync(stubborn);
        Assert.Equal((AttemptOutcome.Canceled, 137), (killed.Outcome, killed.ExitCode));
        Assert.Equal("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
    }

    [ContainerFact]
    public async Task Time_memory_and_processes_are_limited_as_asked()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness, ("Agent__MaxProcesses", "64"));

        var (_, slow) = await harness.RunAsync(
            "sleep 60",
            d =>
            {
                Small(d);
                d.MaxDurationSeconds = 5;
            }
        );
        var (hungry, killed) = await harness.RunAsync(
            "dd if=/dev/zero bs=300M count=1 of=/dev/null",
            d =>
            {
                Small(d);
                d.MemoryBytes = 100_000_000;
            }
        );
        var (many, forked) = await harness.RunAsync(
            "i=0; while [ $i -lt 100 ]; do sleep 30 & i=$((i+1)); done; echo all there",
            Small
        );

        Assert.Equal(AttemptOutcome.MaxDurationExceeded, slow.Outcome);
        Assert.True(killed.Outcome == AttemptOutcome.OutOfMemory, hungry.LogText + killed.Message);
        Assert.StartsWith("the command reached its limit of 100 MB of memory", killed.Message);
        Assert.InRange(killed.PeakMemoryBytes!.Value, 50_000_000, 100_000_000);
        Assert.True(killed.CpuSeconds > 0, "No CPU time was counted.");
        Assert.Equal(AttemptOutcome.CommandFailed, forked.Outcome);
        Assert.DoesNotContain("\nall there\n", many.LogText);
        Assert.Contains("The command met its limit of 64 processes and threads", many.LogText);
        Assert.Equal("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
    }

    [ContainerFact]
    public async Task Who_fills_the_node_s_disk_is_ended_and_what_it_left_is_gone()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness, ("Agent__MaxScratchBytes", "5000000"));

        var (run, report) = await harness.RunAsync(
            "echo kept >$RESULT_DIR/model/w; mkdir -p $HOME/a/b; dd if=/dev/zero of=$HOME/a/b/x bs=1M count=20; sleep 600",
            Small
        );

        Assert.True(report.Outcome == AttemptOutcome.ScratchLimit, run.LogText + report.Message);
        Assert.EndsWith("; the limit is 5,000,000 bytes", report.Message);
        Assert.Equal("kept\n", run.StagedText("model/w"));
        await Eventually.Be(
            "nothing of it is left on the disk",
            () => !Directory.EnumerateFiles(harness.Work, "x", SearchOption.AllDirectories).Any(),
            AgentHarness.Soon
        );
        Assert.Equal("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
    }

    [ContainerFact]
    public async Task Who_fills_the_container_s_own_folders_is_ended_too()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness, ("Agent__MaxScratchBytes", "5000000"));

        var (run, report) = await harness.RunAsync("dd if=/dev/zero of=/tmp/x bs=1M count=20; sleep 600", Small);

        Assert.True(report.Outcome == AttemptOutcome.ScratchLimit, run.LogText + report.Message);
    }

    [ContainerFact]
    public async Task A_command_has_no_rights_and_sees_no_process_of_the_node()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);

        var (run, _) = await harness.RunAsync(
            "grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; ls /proc | grep -c '^[0-9]'; ls /dev | grep -c nvidia; cat /proc/1/cmdline | wc -c; ls /var /root /home",
            Small
        );

        Assert.Contains(
            "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
            run.LogText
        );
        var processes = int.Parse(run.LogText.Split("Seccomp:\t2\n")[1].Split('\n')[0]);
        Assert.InRange(processes, 2, 6);
    }

    [ContainerFact]
    public async Task A_container_of_an_agent_that_was_killed_is_gone_when_the_next_one_begins()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);
        var run = harness.Submit("echo begun; sleep 1000", Small);
        await Eventually.Be(
            "begun",
            () => run.LogText.Contains("begun\n"),
            AgentHarness.Soon,
            () => harness.AgentOutput
        );

        await harness.KillAgentsAsync();
        Assert.NotEqual("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
        run.LeaseLost = true;
        world.StartAgent(harness);
        var (_, next) = await harness.RunAsync("true", Small);

        Assert.Equal(AttemptOutcome.Succeeded, next.Outcome);
        Assert.Equal("", await world.Engine.RunAsync("ps", "--all", "--quiet"));
    }

    private void Small(RunDraft draft) => draft.Image = new NodeImage { Name = world.Image };
}
