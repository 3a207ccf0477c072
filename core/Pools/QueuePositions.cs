using Trainyard.Core.Runs;

namespace Trainyard.Core.Pools;

/// <summary>Where the queued runs of a pool stand, from one look at it.</summary>
public sealed class QueuePositions
{
    private readonly IReadOnlyList<WaitingRun> waiting;
    private readonly Dictionary<RunId, int> places;
    private readonly List<PoolNode> nodes;

    /// <summary>Nodes that were not seen since then do not count, nor do those that get no more runs.</summary>
    public QueuePositions(PoolLoad load, DateTimeOffset seenSince)
    {
        waiting = load.Waiting;
        places = waiting.Index().ToDictionary(place => place.Item.RunId, place => place.Index);
        nodes = [.. load.Nodes.Where(node => node is { IsRetired: false, Slots: > 0 } && node.SeenAt >= seenSince)];
    }

    /// <summary>Null for a run that is not in the queue.</summary>
    public QueuePosition? Find(RunId id) =>
        places.TryGetValue(id, out var place)
            ? new QueuePosition
            {
                Ahead = place,
                NeededGpus = waiting[place].Gpus,
                FreeSlots = nodes.Sum(node => node.FreeSlots),
                LargestNode = nodes.Count == 0 ? 0 : nodes.Max(node => node.Slots),
                Nodes = nodes.Count,
                CpuOnly = nodes.Count > 0 && nodes.TrueForAll(node => node.Gpus == 0),
            }
            : null;
}
