using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>Where the queued runs of a pool stand, from one look at it.</summary>
public sealed class QueuePositions
{
    private readonly IReadOnlyList<WaitingRun> _waiting;
    private readonly Dictionary<RunId, int> _places;
    private readonly List<PoolNode> _nodes;
    private readonly List<PoolNode> _setAside;
    private readonly int _starting;

    /// <summary>What was not seen since then does not count, nor do nodes that get no more runs.</summary>
    public QueuePositions(PoolLoad load, DateTimeOffset seenSince)
    {
        _waiting = load.Waiting;
        _places = _waiting.Index().ToDictionary(place => place.Item.RunId, place => place.Index);
        var there = load
            .Nodes.Where(node => node is { IsRetired: false, Slots: > 0 } && node.SeenAt >= seenSince)
            .ToList();
        _nodes = there.FindAll(node => node.SetAsideUntil is null);
        _setAside = there.FindAll(node => node.SetAsideUntil is not null);
        _starting = load.Starting is { } told && told.At >= seenSince ? told.Count : 0;
    }

    /// <summary>Null for a run that is not in the queue.</summary>
    public QueuePosition? Find(RunId id)
    {
        if (!_places.TryGetValue(id, out var place))
        {
            return null;
        }
        var needs = _waiting[place].Needs;
        var able = _nodes.FindAll(node => NodeMatch.Could(node.Provides, needs));
        return new QueuePosition
        {
            Ahead = place,
            NeededGpus = needs.Gpus,
            FreeSlots = able.Sum(node => node.FreeSlots),
            Lacking = able.Count == 0 ? NearestNode.Lacking(_nodes, needs) : null,
            Nodes = _nodes.Count,
            SetAside = _setAside.Count(node => NodeMatch.Could(node.Provides, needs)),
            NotBefore = _waiting[place].NotBefore,
            Starting = _starting,
            CpuOnly = able.Count > 0 && able.TrueForAll(node => node.Gpus == 0),
        };
    }
}
