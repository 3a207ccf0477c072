using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The nodes as FIFO and EASY see them: what is free, and when runs end at the latest. Which node could take a run is the service's own
/// rule (<see cref="NodeMatch"/>).
/// </summary>
internal sealed class PlainNodes
{
    // Of a run that sets none, as clusters have one for those; no run of a trace is longer.
    private const int DefaultLimit = 14 * 24 * 3600;

    private readonly NodeKind[] _kinds;
    private readonly int[] _kindOf;
    private readonly Resources[] _free;
    private readonly List<(long EndsAt, Resources Demand, int Run)>[] _runs;
    private readonly SortedSet<int>[][] _byFree;
    private readonly long[][] _roomAt;
    private readonly Dictionary<Ask, (int Kind, Resources Demand)[]> _able = [];
    private long _version;

    public PlainNodes(IReadOnlyList<NodeKind> nodes)
    {
        _kinds = [.. nodes.Distinct()];
        _kindOf = [.. nodes.Select(node => Array.IndexOf(_kinds, node))];
        _free = [.. nodes.Select(node => new Resources(node.Slots, node.Facts.Cpus, node.Facts.MemoryBytes, 0))];
        _runs = [.. nodes.Select(_ => new List<(long, Resources, int)>())];
        _byFree = [.. _kinds.Select(kind => Levels(kind, _ => new SortedSet<int>()))];
        _roomAt = [.. _kinds.Select(kind => Levels(kind, _ => 0L))];
        for (var i = 0; i < nodes.Count; i++)
        {
            _byFree[_kindOf[i]][nodes[i].Slots].Add(i);
        }
    }

    public static int LimitOf(TraceRun run) => run.Limit > 0 ? run.Limit : DefaultLimit;

    /// <summary>Counts up with every change that makes room.</summary>
    public long Version => _version;

    /// <summary>Whether a node that could take such a run got room after this version.</summary>
    public bool HasNewRoom((int Kind, Resources Demand)[] able, long version)
    {
        foreach (var (kind, demand) in able)
        {
            if (_roomAt[kind][demand.Slots] > version)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Counts a node as one that got room, because it is reserved no more.</summary>
    public void Renew(int node) => Array.Fill(_roomAt[_kindOf[node]], ++_version, 0, _free[node].Slots + 1);

    /// <summary>
    /// Nodes with room, those first that have the least; of the reserved ones only those that the condition lets through. Null
    /// when there are not so many. A run without GPUs takes a node with GPUs only when no other has room.
    /// </summary>
    public IReadOnlyList<int>? FindRoom(Ask ask, HashSet<int>? reserved, Func<int, bool>? mayUseReserved)
    {
        var found = new List<int>(ask.Nodes);
        var able = AbleFor(ask);
        var most = able.Length == 0 ? -1 : able.Max(each => _kinds[each.Kind].Slots - each.Demand.Slots);
        for (var onGpus = ask.Needs.Gpus > 0 ? 1 : 0; onGpus <= 1; onGpus++)
        {
            for (var left = 0; left <= most; left++)
            {
                foreach (var (kind, demand) in able)
                {
                    if (
                        demand.Slots + left <= _kinds[kind].Slots
                        && (_kinds[kind].Gpus > 0) == (onGpus == 1)
                        && AddFrom(_byFree[kind][demand.Slots + left], demand)
                    )
                    {
                        return found;
                    }
                }
            }
        }
        return null;

        bool AddFrom(SortedSet<int> nodes, Resources demand)
        {
            foreach (var node in nodes)
            {
                if (demand.FitsIn(_free[node]) && (reserved?.Contains(node) != true || mayUseReserved!(node)))
                {
                    found.Add(node);
                    if (found.Count == ask.Nodes)
                    {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    public void Start(TraceRun run, IReadOnlyList<int> nodes, long now)
    {
        var endsAt = now + LimitOf(run);
        foreach (var node in nodes)
        {
            var demand = DemandOn(node, run.Ask);
            var at = _runs[node].FindIndex(each => each.EndsAt > endsAt);
            _runs[node].Insert(at < 0 ? _runs[node].Count : at, (endsAt, demand, run.Index));
            SetFree(node, _free[node] - demand);
        }
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes)
    {
        foreach (var node in nodes)
        {
            var at = _runs[node].FindIndex(each => each.Run == run.Index);
            SetFree(node, _free[node] + _runs[node][at].Demand);
            _runs[node].RemoveAt(at);
            Renew(node);
        }
    }

    /// <summary>Where the run has room first, and when.</summary>
    public (HashSet<int> Nodes, long At) Earliest(Ask ask)
    {
        var first = new PriorityQueue<int, long>();
        var worst = long.MaxValue;
        foreach (var (kind, demand) in AbleFor(ask))
        {
            for (var node = 0; node < _kindOf.Length; node++)
            {
                if (_kindOf[node] != kind || FreeAt(node, demand, worst) is not { } at)
                {
                    continue;
                }
                // The latest of those that are kept comes out first.
                first.Enqueue(node, -at);
                if (first.Count > ask.Nodes)
                {
                    first.Dequeue();
                }
                if (first.Count == ask.Nodes && first.TryPeek(out _, out var latest))
                {
                    worst = -latest;
                }
            }
        }
        return ([.. first.UnorderedItems.Select(each => each.Element)], worst);
    }

    /// <summary>Whether one run leaves room for another that begins there at an instant.</summary>
    public bool FitsBeside(int node, Ask ask, long at, Ask reserved)
    {
        var free = _free[node] - DemandOn(node, reserved);
        foreach (var run in _runs[node])
        {
            if (run.EndsAt > at)
            {
                break;
            }
            free += run.Demand;
        }
        return DemandOn(node, ask).FitsIn(free);
    }

    // Null when it is not before the instant.
    private long? FreeAt(int node, Resources demand, long before)
    {
        var free = _free[node];
        if (demand.FitsIn(free))
        {
            return before > 0 ? 0 : null;
        }
        foreach (var run in _runs[node])
        {
            if (run.EndsAt >= before)
            {
                return null;
            }
            free += run.Demand;
            if (demand.FitsIn(free))
            {
                return run.EndsAt;
            }
        }
        return null;
    }

    private Resources DemandOn(int node, Ask ask) => DemandOn(_kinds[_kindOf[node]], ask);

    private static Resources DemandOn(NodeKind kind, Ask ask) =>
        new(
            kind.Gpus == 0 ? 1 : Math.Max(1, ask.Needs.Gpus),
            ask.Needs.Cpus,
            ask.Needs.MemoryBytes,
            ask.Needs.DiskBytes
        );

    public (int Kind, Resources Demand)[] AbleFor(Ask ask)
    {
        if (!_able.TryGetValue(ask, out var able))
        {
            _able[ask] = able = [
                .. _kinds
                    .Index()
                    .Where(kind => NodeMatch.Could(new NodeProvides(kind.Item.Gpus, kind.Item.Facts), ask.Needs))
                    .Select(kind => (kind.Index, DemandOn(kind.Item, ask))),
            ];
        }
        return able;
    }

    private void SetFree(int node, Resources free)
    {
        var levels = _byFree[_kindOf[node]];
        levels[_free[node].Slots].Remove(node);
        _free[node] = free;
        levels[free.Slots].Add(node);
    }

    private static T[] Levels<T>(NodeKind kind, Func<int, T> make) =>
        [.. Enumerable.Range(0, kind.Slots + 1).Select(make)];
}
