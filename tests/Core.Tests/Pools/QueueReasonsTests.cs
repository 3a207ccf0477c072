using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools;

public sealed class QueueReasonsTests
{
    private static readonly QueuePosition Busy = new()
    {
        Ahead = 3,
        NeededGpus = 4,
        FreeSlots = 2,
        Nodes = 2,
        CpuOnly = false,
    };

    [Fact]
    public void A_waiting_run_says_how_many_are_ahead_and_what_is_free() =>
        Assert.Equal("queued: 3 ahead, needs 4 GPUs, 2 free", QueueReasons.Of(Busy)!.ToString());

    [Fact]
    public void A_waiting_run_says_which_disk_it_waits_for() =>
        Assert.Equal(
            "queued: 0 ahead, needs 4 GPUs and 200 GB of disk, 8 slots free; about 11-27 10:30 UTC if all runs take their time",
            QueueReasons
                .Of(
                    Busy with
                    {
                        Ahead = 0,
                        FreeSlots = 8,
                        NeededDiskBytes = 200_000_000_000,
                        Standing = new RunStanding
                        {
                            Run = new QueuedRun
                            {
                                RunId = RunId.New(),
                                Owner = "ann",
                                Age = 1,
                                QueuedAt = new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero),
                                Needs = new RunNeeds { Gpus = 4, DiskBytes = 200_000_000_000 },
                            },
                            Ahead = 0,
                            Hold = RunHold.Turn,
                            StartsAt = new DateTimeOffset(2026, 11, 27, 10, 30, 0, TimeSpan.Zero),
                        },
                    }
                )!
                .ToString()
        );

    [Fact]
    public void A_run_that_no_node_can_ever_take_says_so() =>
        Assert.Equal(
            "no_node_fits: needs 16 GPUs, rack has 8 GPUs",
            QueueReasons.Of(Busy with { Lacking = "needs 16 GPUs, rack has 8 GPUs" })!.ToString()
        );

    [Fact]
    public void A_pool_without_nodes_says_so() =>
        Assert.Equal("no_node", QueueReasons.Of(Busy with { Nodes = 0 })!.Code);

    [Theory]
    [InlineData(1, "node_starting: a machine is being started")]
    [InlineData(3, "node_starting: 3 machines are being started")]
    public void A_pool_without_nodes_says_what_is_coming(int starting, string reason) =>
        Assert.Equal(reason, QueueReasons.Of(Busy with { Nodes = 0, Starting = starting })!.ToString());

    [Fact]
    public void A_waiting_run_says_what_is_coming() =>
        Assert.Equal(
            "queued: 3 ahead, needs 4 GPUs, 2 free, a machine is being started",
            QueueReasons.Of(Busy with { Starting = 1 })!.ToString()
        );

    [Fact]
    public void A_pool_of_cpu_nodes_counts_slots() =>
        Assert.Contains("1 CPU slot", QueueReasons.Of(Busy with { CpuOnly = true, NeededGpus = 16 })!.Message);

    [Fact]
    public void A_pool_whose_nodes_are_all_set_aside_says_so()
    {
        var reason = QueueReasons.Of(Busy with { Nodes = 0, SetAside = 2 })!;
        Assert.Equal(("nodes_set_aside", Fault.System), (reason.Code, reason.Fault));
    }

    [Fact]
    public void A_run_that_waits_for_its_next_attempt_says_until_when() =>
        Assert.Equal(
            "retry: the attempt before failed; the next one may begin at 10:30:05 UTC",
            QueueReasons
                .Of(Busy with { NotBefore = new DateTimeOffset(2026, 11, 27, 10, 30, 5, TimeSpan.Zero) })!
                .ToString()
        );

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 20)]
    [InlineData(3, 80)]
    [InlineData(4, 300)]
    [InlineData(31, 300)]
    public void Each_retry_waits_longer(int attempts, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelays.After(attempts));

    [Theory]
    [InlineData(1, "needs 4 GPUs, 2 free; a preemptible run gives way to it, about 11-28 10:30 UTC")]
    [InlineData(
        3,
        "needs 3 nodes at once with 4 GPUs each, 1 of 3 free; 3 nodes are kept for it, where preemptible runs give way, about 11-28 10:30 UTC"
    )]
    public void A_run_that_others_give_way_to_says_so(int nodes, string room)
    {
        var standing = new RunStanding
        {
            Run = new QueuedRun
            {
                RunId = RunId.New(),
                Owner = "ann",
                Age = 1,
                QueuedAt = DateTimeOffset.UnixEpoch,
                Needs = new RunNeeds(),
            },
            Ahead = 0,
            Hold = RunHold.Preempting,
            StartsAt = new DateTimeOffset(2026, 11, 28, 10, 30, 5, TimeSpan.Zero),
        };
        var position = Busy with { NeededNodes = nodes, FittingNodes = 3, FreeNodes = 1, Standing = standing };

        Assert.Equal($"queued: 3 ahead, {room}", QueueReasons.Of(position)!.ToString());
    }

    [Fact]
    public void Waiting_is_the_fault_of_capacity() => Assert.Equal(Fault.Capacity, QueueReasons.Of(Busy)!.Fault);
}
