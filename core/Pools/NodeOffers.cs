using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>Converts the reports of nodes into the scheduler's terms.</summary>
public static class NodeOffers
{
    public static NodeSighting Sighting(NodeOffer offer, DateTimeOffset now) =>
        new()
        {
            Name = offer.Node,
            Provides = NodeProvides.Of(offer),
            Capacity = Capacity(offer.Slots, offer.Facts),
            SeenAt = now,
            IsUsable = offer.Slots > 0,
        };

    public static NodeSighting Sighting(PoolNode node) =>
        new()
        {
            Name = node.Name,
            Provides = node.Provides,
            Capacity = Capacity(node.Slots, node.Facts),
            SeenAt = node.SeenAt,
            IsUsable = node is { IsRetired: false, IsDrained: false, SetAsideUntil: null, Slots: > 0 },
        };

    /// <summary>
    /// The resources that are not promised to any run; the node's whole capacity when its agent does not report them.
    /// </summary>
    public static Resources Free(NodeOffer offer)
    {
        var all = Capacity(offer.Slots, offer.Facts);
        return new Resources(
            Math.Min(offer.FreeSlots, offer.Slots),
            offer.FreeCpus ?? all.Cpus,
            offer.FreeMemoryBytes ?? all.MemoryBytes,
            offer.FreeDiskBytes ?? all.DiskBytes
        );
    }

    private static Resources Capacity(int slots, NodeCapabilities? facts) =>
        new(slots, facts?.Cpus ?? 0, facts?.MemoryBytes ?? 0, facts?.DiskBytes ?? 0);
}
