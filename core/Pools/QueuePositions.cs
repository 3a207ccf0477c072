using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>Where the queued runs of a pool stand, from one look at it.</summary>
public sealed class QueuePositions
{
    private readonly IReadOnlyList<WaitingRun> waiting;
    private readonly Dictionary<RunId, int> places;
    private readonly List<PoolNode> nodes;
    private readonly List<PoolNode> setAside;
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
        setAside = there.FindAll(node => node.SetAsideUntil is not null);
        starting = load.Starting is { } told && told.At >= seenSince ? told.Count : 0;
    }

    /// <summary>Null for a run that is not in the queue.</summary>
    public QueuePosition? Find(RunId id)
    {
        if (!places.TryGetValue(id, out var place))
        {
            return null;
        }
        var needs = waiting[place].Needs;
        var able = nodes.FindAll(node => NodeMatch.Could(node.Provides, needs));
        return new QueuePosition
        {
            Ahead = place,
            NeededGpus = needs.Gpus,
            FreeSlots = able.Sum(node => node.FreeSlots),
            Lacking = able.Count == 0 ? NearestNode.Lacking(nodes, needs) : null,
            Nodes = nodes.Count,
            SetAside = setAside.Count(node => NodeMatch.Could(node.Provides, needs)),
            NotBefore = waiting[place].NotBefore,
            Starting = starting,
            CpuOnly = able.Count > 0 && able.TrueForAll(node => node.Gpus == 0),
        };
    }
}
