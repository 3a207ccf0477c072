using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Core.Tests.Pools;

public sealed class QueueReasonsTests
{
    private static readonly QueuePosition Busy = new()
    {
        Ahead = 3,
        NeededGpus = 4,
        FreeSlots = 2,
        LargestNode = 8,
        Nodes = 2,
        CpuOnly = false,
    };

    [Fact]
    public void A_waiting_run_says_how_many_are_ahead_and_what_is_free() =>
        Assert.Equal("queued: 3 ahead, needs 4 GPUs, 2 free", QueueReasons.Of(Busy)!.ToString());

    [Fact]
    public void A_run_that_no_node_can_ever_take_says_so() =>
        Assert.Equal("no_node_fits", QueueReasons.Of(Busy with { NeededGpus = 16 })!.Code);

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
    public void Waiting_is_the_fault_of_capacity() => Assert.Equal(Fault.Capacity, QueueReasons.Of(Busy)!.Fault);
}
