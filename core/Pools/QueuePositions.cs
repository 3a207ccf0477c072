using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools;

/// <summary>Where the queued runs of a pool stand, from one look at it.</summary>
public sealed class QueuePositions
{
    private readonly IReadOnlyList<WaitingRun> waiting;
    private readonly Dictionary<RunId, int> places;
    private readonly List<PoolNode> nodes;
    private readonly int setAside;
    private readonly int starting;

    /// <summary>What was not seen since then does not count, nor do nodes that get no more runs.</summary>
    public QueuePositions(PoolLoad load, DateTimeOffset seenSince)
    {
        waiting = load.Waiting;
        places = waiting.Index().ToDictionary(place => place.Item.RunId, place => place.Index);
        var there = load
            .Nodes.Where(node => node is { IsRetired: false, Slots: > 0 } && node.SeenAt >= seenSince)
            .ToList();
        nodes = there.FindAll(node => node.SetAsideUntil is null);
        setAside = there.Count - nodes.Count;
        starting = load.Starting is { } told && told.At >= seenSince ? told.Count : 0;
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
                SetAside = setAside,
                NotBefore = waiting[place].NotBefore,
                Starting = starting,
                CpuOnly = nodes.Count > 0 && nodes.TrueForAll(node => node.Gpus == 0),
            }
            : null;
}
