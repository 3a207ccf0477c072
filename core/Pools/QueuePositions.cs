using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The positions of the queued runs of a pool, from one snapshot.</summary>
public sealed class QueuePositions
{
    private readonly Func<RunId, Place?> _find;
    private readonly List<PoolNode> _nodes;
    private readonly List<PoolNode> _setAside;
    private readonly List<PoolNode> _drained;
    private readonly int _starting;
    private readonly string? _pool;

    /// <summary>The positions in a pool of that name.</summary>
    public QueuePositions(PoolLoad load, PoolOptions options, string pool, DateTimeOffset now)
        : this(load, now - LeaseRules.SeenLately(options.LeaseDuration))
    {
        _pool = pool == options.Name ? null : pool;
    }

    /// <summary>Ignores nodes that were not seen since the given time, and retired nodes.</summary>
    public QueuePositions(PoolLoad load, DateTimeOffset seenSince)
    {
        _find = load.Standings is { } standings ? id => Find(standings(id)) : InList(load.Waiting);
        var there = load
            .Nodes.Where(node => node is { IsRetired: false, Slots: > 0 } && node.SeenAt >= seenSince)
            .ToList();
        _nodes = there.FindAll(node => node is { IsDrained: false, SetAsideUntil: null });
        _setAside = there.FindAll(node => node is { IsDrained: false, SetAsideUntil: not null });
        _drained = there.FindAll(node => node.IsDrained);
        _starting = load.Starting is { } told && told.At >= seenSince ? told.Count : 0;
    }

    /// <summary>The position of a run; null when the run is not queued.</summary>
    public QueuePosition? Find(RunId id)
    {
        if (_find(id) is not var (run, ahead, standing))
        {
            return null;
        }
        var needs = run.Needs;
        var able = _nodes.FindAll(node => NodeMatch.Could(node.Provides, needs));
        return new QueuePosition
        {
            Pool = _pool,
            Ahead = ahead,
            NeededGpus = needs.Gpus,
            NeededDiskBytes = needs.DiskBytes,
            NeededNodes = run.Nodes,
            FittingNodes = able.Count,
            FreeNodes = able.Count(node => node.FreeSlots >= LeaseRules.SlotsFor(node.Gpus, needs.Gpus)),
            FreeSlots = able.Sum(node => node.FreeSlots),
            Lacking = able.Count == 0 ? NearestNode.Lacking(_nodes, needs) : null,
            Nodes = _nodes.Count,
            SetAside = _setAside.Count(node => NodeMatch.Could(node.Provides, needs)),
            Drained = _drained.Count(node => NodeMatch.Could(node.Provides, needs)),
            NotBefore = run.NotBefore,
            Standing = standing,
            Starting = _starting,
            CpuOnly = able.Count > 0 && able.TrueForAll(node => node.Gpus == 0),
        };
    }

    private static Place? Find(RunStanding? standing) =>
        standing is { Run: var run }
            ? new Place(
                new WaitingRun(run.RunId, run.Needs)
                {
                    Nodes = run.Nodes,
                    NotBefore = standing.Hold is RunHold.NotDue ? run.NotBefore : null,
                },
                standing.Ahead,
                standing
            )
            : null;

    private static Func<RunId, Place?> InList(IReadOnlyList<WaitingRun> runs)
    {
        var places = runs.Index().ToDictionary(place => place.Item.RunId, place => place.Index);
        return id => places.TryGetValue(id, out var place) ? new Place(runs[place], place, Standing: null) : null;
    }

    private sealed record Place(WaitingRun Run, int Ahead, RunStanding? Standing);
}
