using Trainyard.Contracts.Agents;
using Trainyard.Functions.Agents;

namespace Trainyard.Functions.Tests;

public sealed class AgentInputTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData(0L, 0L, true)]
    [InlineData(1L << 60, 1L << 60, true)]
    [InlineData(-1L, 0L, false)]
    [InlineData(0L, -1L, false)]
    [InlineData((1L << 60) + 1, 0L, false)]
    [InlineData(0L, long.MaxValue, false)]
    public void A_disk_that_no_node_can_have_is_refused(long? all, long? free, bool isTaken)
    {
        var offer = new NodeOffer
        {
            Node = "node",
            Pool = "default",
            Gpus = 0,
            Slots = 2,
            FreeSlots = 2,
            Facts = new NodeCapabilities
            {
                Cpus = 2,
                MemoryBytes = 1,
                DiskBytes = all,
            },
            FreeDiskBytes = free,
        };

        Assert.Equal(
            isTaken ? null : "The node's disk is 0 to 1152921504606846976 bytes, or missing.",
            AgentInput.Refusal(new LeaseRequest { Offer = offer, WaitSeconds = 20 })
        );
    }
}
