using Trainyard.Agent.Leasing;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>The disk that a run asks for: what a node says it has, and what it holds the run to.</summary>
public sealed class AskedDiskTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task An_attempt_above_the_disk_that_it_asked_for_is_ended_with_both_numbers(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            "echo kept >$RESULT_DIR/model/w; head -c 40000000 /dev/zero >$HOME/x; sleep 600",
            d => d.DiskBytes = 16_000_000
        );

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
        Assert.Matches(
            "^its files took [0-9]{2},[0-9,]+ bytes of the node's disk; it asked for 16,000,000 bytes$",
            report.Message
        );
        Assert.Equal("kept\n", run.StagedText("model/w"));
    }

    [Fact]
    public async Task The_limit_of_the_node_holds_for_what_asked_for_more()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("none", ("Agent__MaxScratchBytes", "5000000"));

        var (_, report) = await harness.RunAsync(
            "head -c 20000000 /dev/zero >$HOME/x; sleep 600",
            d => d.DiskBytes = 100_000_000
        );

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
        Assert.EndsWith("; the limit is 5,000,000 bytes", report.Message);
    }

    [Fact]
    public async Task Data_above_the_disk_that_was_asked_for_is_told_before_it_is_fetched()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var large = new FakeObject("large", new byte[20_000_000]);
        var (_, report) = await harness.RunAsync(
            "true",
            d =>
            {
                d.DiskBytes = 16_000_000;
                d.Data.Add(large);
            }
        );

        Assert.Equal(
            (
                AttemptOutcome.ScratchLimit,
                "its data takes 20,000,000 bytes of the node's disk; it asked for 16,000,000 bytes"
            ),
            (report.Outcome, report.Message)
        );
        Assert.Equal(0, large.Served);
    }

    [RequiresSmallDiskFact]
    public async Task On_a_full_disk_who_asked_for_none_makes_room_before_who_keeps_to_what_it_asked_for()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 40);
        harness.StartAgent();
        var kept = harness.Submit(
            "head -c 22000000 /dev/zero >$TMPDIR/x; echo on; while [ ! -e $RESULT_DIR/go ]; do sleep 0.1; done; echo through",
            d => d.DiskBytes = 30_000_000
        );
        await Eventually.Be("who asked runs", () => kept.LogText.Contains("\non\n"), AgentHarness.Soon);

        var (_, report) = await harness.RunAsync("head -c 60000000 /dev/zero >$TMPDIR/x; sleep 600");

        Assert.Equal(AttemptOutcome.ScratchLimit, report.Outcome);
        Assert.Matches("^its files took 1[0-9],[0-9,]+ bytes of the node's disk, which is full ", report.Message);
        await FullDiskTests.GoAsync(harness, kept);
        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(kept)).Outcome);
    }

    [RequiresSmallDiskFact]
    public async Task Who_keeps_to_what_it_asked_for_is_not_blamed_for_a_full_disk()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 40);
        harness.StartAgent();
        var run = harness.Submit(
            "head -c 25000000 /dev/zero >$TMPDIR/x; echo on; sleep 600",
            d => d.DiskBytes = 30_000_000
        );
        await Eventually.Be("it runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);

        disk.Fill(bytesLeft: 300_000);

        var report = await harness.CompletionAsync(run);
        Assert.Equal(AttemptOutcome.NoRoom, report.Outcome);
        Assert.Matches(
            "^no room on the node: its disk is full; its files took 25,[0-9,]+ bytes .* left\\), and it asked for 30,000,000 bytes$",
            report.Message
        );
    }

    [RequiresSmallDiskFact]
    public async Task A_node_says_what_disk_runs_may_have_and_what_of_it_is_left()
    {
        await using var harness = await AgentHarness.OpenAsync();
        // Of 10,240 MiB 512 are the reserve, and as long as nothing is written, none takes memory.
        using var disk = SmallDisk.Mount(harness.Work, 10_240);
        harness.StartAgent();
        await Eventually.Be("it asks", () => Last(harness) is not null, AgentHarness.Soon);
        Assert.Equal((9 * GiB, 9 * GiB), Last(harness));

        // Without a promise, but what it takes is not there.
        var taker = harness.Submit("head -c 700000000 /dev/zero >$TMPDIR/x; echo on; sleep 600");
        await Eventually.Be("it took", () => taker.LogText.Contains("\non\n"), AgentHarness.Soon);
        await Eventually.Be(
            "what it took is not offered",
            () => Last(harness) == (9 * GiB, 8 * GiB),
            AgentHarness.Soon
        );
    }

    [RequiresSmallDiskFact]
    public async Task What_is_promised_to_a_run_is_offered_to_no_other()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var disk = SmallDisk.Mount(harness.Work, 10_240);
        harness.StartAgent();

        var run = harness.Submit(
            "echo on; while [ ! -e $RESULT_DIR/go ]; do sleep 0.1; done",
            d => d.DiskBytes = 3 * GiB
        );

        await Eventually.Be("it runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);
        await Eventually.Be("its part is not offered", () => Last(harness) == (9 * GiB, 6 * GiB), AgentHarness.Soon);
        File.WriteAllText(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(run)).Outcome);
        await Eventually.Be("it is offered again", () => Last(harness) == (9 * GiB, 9 * GiB), AgentHarness.Soon);
    }

    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData(null, -5, 0)]
    [InlineData(null, GiB - 1, 0)]
    [InlineData(null, 9 * GiB + 5, 9 * GiB)]
    [InlineData(null, 900 * GiB, 896 * GiB)] // in steps of 16 GiB
    [InlineData(9 * GiB, 10 * GiB, 9 * GiB)]
    [InlineData(9 * GiB, 11 * GiB - 1, 9 * GiB)]
    [InlineData(9 * GiB, 11 * GiB, 11 * GiB)]
    [InlineData(9 * GiB, 9 * GiB - 1, 8 * GiB)]
    [InlineData(896 * GiB, 927 * GiB, 896 * GiB)]
    [InlineData(896 * GiB, 928 * GiB, 928 * GiB)]
    public void What_a_node_says_it_has_changes_in_steps(long? before, long counted, long told) =>
        Assert.Equal(told, DiskRoom.Told(before, counted));

    [Fact]
    public void What_a_node_says_it_has_is_there_and_stands_still_while_what_was_counted_swings_by_a_step()
    {
        for (var bytes = 1L; bytes < 1L << 46; bytes += (bytes / 7) + 1)
        {
            var told = DiskRoom.Told(null, bytes);
            Assert.InRange(told, Math.Max(0, bytes - Math.Max(GiB, bytes / 32)), bytes);
            // After at most one step down it stays.
            var swing = Math.Max(GiB, bytes / 64) / 2;
            var lower = DiskRoom.Told(told, Math.Max(0, bytes - swing));
            Assert.Equal(lower, DiskRoom.Told(lower, bytes));
            Assert.Equal(lower, DiskRoom.Told(lower, Math.Max(0, bytes - swing)));
        }
    }

    private static (long? All, long? Free)? Last(AgentHarness harness) =>
        harness.Service.Questions.LastOrDefault()?.Offer is { } offer
            ? (offer.Facts?.DiskBytes, offer.FreeDiskBytes)
            : null;
}
