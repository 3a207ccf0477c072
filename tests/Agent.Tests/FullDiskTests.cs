using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What happens on a node whose disk is full, or where an attempt takes more than it may.</summary>
public sealed class FullDiskTests
{
    [RequiresSmallDiskTheory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Output_that_finds_no_room_is_read_all_the_same_and_a_line_says_what_is_missing(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 8);
        harness.StartAgent(sandbox, ("Agent__MinFreeBytes", "0"));

        var (run, report) = await harness.RunAsync("yes trainyard | head -c 30000000; echo the end");

        Assert.Equal((AttemptOutcome.Succeeded, 0), (report.Outcome, report.ExitCode));
        Assert.Contains(" bytes are left out here: the node's disk was full.]\n", run.LogText);
        Assert.EndsWith("\nthe end\nThe command ended with exit code 0.\n", run.LogText);
    }

    [RequiresSmallDiskFact]
    public async Task A_command_that_fails_on_a_full_disk_is_not_told_to_have_failed_by_itself()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 8);
        harness.StartAgent("none", ("Agent__MinFreeBytes", "0"));

        var (_, report) = await harness.RunAsync("yes trainyard | head -c 30000000; exit 3");

        Assert.Equal((AttemptOutcome.NoRoom, 3), (report.Outcome, report.ExitCode));
        Assert.Equal("no room on the node: its disk is full; the command ended with exit code 3", report.Message);
    }

    [RequiresSmallDiskTheory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Who_fills_the_disk_is_ended_and_the_neighbour_goes_on(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 40);
        harness.StartAgent(sandbox);
        var neighbour = harness.Submit(
            "echo on; while [ ! -e $RESULT_DIR/go ]; do echo line; sleep 0.1; done; echo through"
        );
        await Eventually.Be("the neighbour runs", () => neighbour.LogText.Contains("\non\n"), AgentHarness.Soon);

        var (_, report) = await harness.RunAsync("head -c 60000000 /dev/zero >$TMPDIR/x; sleep 600");
        await GoAsync(harness, neighbour);

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
        Assert.Matches("^its files took [0-9,]+ bytes of the node's disk, which is full ", report.Message);
        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(neighbour)).Outcome);
        Assert.EndsWith("\nthrough\nThe command ended with exit code 0.\n", neighbour.LogText);
    }

    [RequiresSmallDiskFact]
    public async Task A_disk_that_others_fill_is_the_node_s_fault()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 40);
        harness.StartAgent();
        var run = harness.Submit("head -c 3000000 /dev/zero >$TMPDIR/x; echo on; sleep 600");
        await Eventually.Be("it runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);

        disk.Fill(bytesLeft: 300_000);

        var report = await harness.CompletionAsync(run);
        Assert.Equal(AttemptOutcome.NoRoom, report.Outcome);
        Assert.Matches(
            "^no room on the node: its disk is full; its files took 3,[0-9,]+ bytes .*, mostly of what no run wrote$",
            report.Message
        );
    }

    [RequiresSmallDiskFact]
    public async Task A_command_that_fills_the_disk_with_what_it_prints_is_ended_too()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 8);
        harness.StartAgent();

        var (_, report) = await harness.RunAsync("yes trainyard | head -c 30000000; sleep 600");

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
    }

    [RequiresSmallDiskFact]
    public async Task Data_that_does_not_fit_on_the_node_is_no_fault_of_the_command_and_names_no_path()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 8);
        harness.StartAgent();

        var (_, report) = await harness.RunAsync(
            "true",
            d => d.Data.Add(new FakeObject("large", new byte[20_000_000]))
        );

        Assert.Equal(AttemptOutcome.NoRoom, report.Outcome);
        Assert.StartsWith("no room on the node: of its data, ", report.Message);
        Assert.DoesNotContain(harness.Home, report.Message);
    }

    [RequiresSmallDiskFact]
    public async Task Without_a_reserve_of_room_no_run_is_taken_until_there_is_one()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 40);
        var filler = disk.Fill(bytesLeft: 1_500_000);
        var agent = harness.StartAgent();
        await agent.WaitForLine(l => l.Contains("has no room"), AgentHarness.Soon);
        var run = harness.Submit("echo ran");
        await Eventually.Be("it asks", () => !harness.Service.Questions.IsEmpty, AgentHarness.Soon);
        Assert.All(harness.Service.Questions, q => Assert.Equal(0, q.Offer.FreeSlots));

        File.Delete(filler);

        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(run)).Outcome);
        await agent.WaitForLine(l => l.Contains("has room again"), AgentHarness.Soon);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task An_attempt_with_more_than_its_share_of_the_disk_is_ended(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox, ("Agent__MaxScratchBytes", "5000000"));

        var (run, report) = await harness.RunAsync(
            "echo kept >$RESULT_DIR/model/w; mkdir -p $HOME/a/b; head -c 20000000 /dev/zero >$HOME/a/b/x; sleep 600"
        );

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
        Assert.EndsWith("; the limit is 5,000,000 bytes", report.Message);
        Assert.Equal("kept\n", run.StagedText("model/w"));
    }

    [Fact]
    public async Task A_log_has_a_largest_size_and_its_end_is_kept()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("none", ("Agent__MaxLogBytes", "100000"));

        var (run, _) = await harness.RunAsync("yes trainyard | head -c 3000000; echo the end");

        Assert.InRange(run.LogLength, 100_000, 170_000);
        Assert.Contains(
            "[More than 100,000 bytes: from here on only the last 65,536 are kept, for the end.]\n",
            run.LogText
        );
        Assert.Contains(" bytes are left out here: it was too long.]\n", run.LogText);
        Assert.EndsWith("\nthe end\nThe command ended with exit code 0.\n", run.LogText);
    }

    [Theory]
    [InlineData("Agent__MaxResultBytes", "1000", "the results are more than 1,000 bytes")]
    [InlineData("Agent__MaxResultFiles", "1", "the results are more than 1 files")]
    public async Task Results_beyond_their_limit_are_told_by_their_own_reason(
        string setting,
        string value,
        string message
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("none", (setting, value));

        var (run, report) = await harness.RunAsync(
            "head -c 600 /dev/zero >$RESULT_DIR/model/a; head -c 600 /dev/zero >$RESULT_DIR/model/b"
        );

        Assert.Equal((AttemptOutcome.ResultsLimit, message), (report.Outcome, report.Message));
        Assert.Equal(["learner-1/training-log.txt"], run.Staged.Keys);
        Assert.EndsWith($"\nNot all results are stored: {message}.\n", run.LogText);
    }

    [Fact]
    public async Task A_file_of_holes_is_refused_by_name_and_size_and_the_others_are_stored()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "cd $RESULT_DIR/model; truncate -s 1G large; echo x >>large; truncate -s 1M small; echo x >>small"
        );

        Assert.Equal(AttemptOutcome.ResultsLimit, report.Outcome);
        Assert.Matches(
            "^'model/large': 1,07[0-9,]+ bytes of its 1,073,741,826 bytes are holes, more than 268,435,456 bytes$",
            report.Message
        );
        Assert.Equal(1_048_578, run.Staged["model/small"].Length);
        Assert.DoesNotContain("model/large", run.Staged.Keys);
    }

    // The disk may be full for a moment longer.
    internal static Task GoAsync(AgentHarness harness, FakeRun run) =>
        Eventually.Be(
            "there is room for the neighbour's sign",
            () =>
            {
                try
                {
                    File.WriteAllText(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            },
            AgentHarness.Soon
        );
}
