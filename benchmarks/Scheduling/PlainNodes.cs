namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The nodes as FIFO and EASY see them: free slots, and when runs end at the latest.</summary>
internal sealed class PlainNodes
{
    private const long Unknown = long.MaxValue / 2;

    private readonly IReadOnlyList<NodeKind> _kinds;
    private readonly int[] _free;
    private readonly List<(long EndsAt, int Slots, int Run)>[] _runs;
    private readonly SortedSet<int>[][] _byFree;

    public PlainNodes(IReadOnlyList<NodeKind> kinds)
    {
        _kinds = kinds;
        _free = [.. kinds.Select(kind => kind.Gpus)];
        _runs = [.. kinds.Select(_ => new List<(long, int, int)>())];
        _byFree =
        [
            .. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 9).Select(_ => new SortedSet<int>()).ToArray()),
        ];
        for (var i = 0; i < kinds.Count; i++)
        {
            _byFree[kinds[i].Bit][kinds[i].Gpus].Add(i);
        }
    }

    /// <summary>
    /// Nodes with room, those first that have the least; of the reserved ones only those that the condition lets through. Null
    /// when there are not so many.
    /// </summary>
    public IReadOnlyList<int>? FindRoom(TraceRun run, IReadOnlyList<int> reserved, Func<int, bool> mayUseReserved)
    {
        var found = new List<int>(run.Nodes);
        for (var free = run.Slots; free <= 8; free++)
        {
            for (var bit = 1; bit <= 2; bit++)
            {
                if ((run.Kind & bit) == 0)
                {
                    continue;
                }
                foreach (var node in _byFree[bit][free])
                {
                    if (!reserved.Contains(node) || mayUseReserved(node))
                    {
                        found.Add(node);
                    }
                    if (found.Count == run.Nodes)
                    {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    public void Start(TraceRun run, IReadOnlyList<int> nodes, long now)
    {
        var endsAt = run.Limit > 0 ? now + run.Limit : Unknown;
        foreach (var node in nodes)
        {
            var at = _runs[node].FindIndex(each => each.EndsAt > endsAt);
            _runs[node].Insert(at < 0 ? _runs[node].Count : at, (endsAt, run.Slots, run.Index));
            SetFree(node, _free[node] - run.Slots);
        }
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes)
    {
        foreach (var node in nodes)
        {
            _runs[node].RemoveAt(_runs[node].FindIndex(each => each.Run == run.Index));
            SetFree(node, _free[node] + run.Slots);
        }
    }

    /// <summary>Where the run has room first, and when.</summary>
    public (IReadOnlyList<int> Nodes, long At) Earliest(TraceRun run)
    {
        var first = new PriorityQueue<int, long>();
        for (var node = 0; node < _kinds.Count; node++)
        {
            if ((run.Kind & _kinds[node].Bit) == 0)
            {
                continue;
            }
            // The latest of those that are kept comes out first.
            first.Enqueue(node, -FreeAt(node, run.Slots));
            if (first.Count > run.Nodes)
            {
                first.Dequeue();
            }
        }
        first.TryPeek(out _, out var at);
        return ([.. first.UnorderedItems.Select(each => each.Element)], -at);
    }

    /// <summary>Slots that are free at an instant beside a run that begins there then.</summary>
    public int FreeBeside(int node, long at, int reserved) =>
        _free[node] + _runs[node].Where(run => run.EndsAt <= at).Sum(run => run.Slots) - reserved;

    private long FreeAt(int node, int slots)
    {
        var free = _free[node];
        if (free >= slots)
        {
            return 0;
        }
        foreach (var run in _runs[node])
        {
            free += run.Slots;
            if (free >= slots)
            {
                return run.EndsAt;
            }
        }
        return long.MaxValue;
    }

    private void SetFree(int node, int free)
    {
        var levels = _byFree[_kinds[node].Bit];
        levels[_free[node]].Remove(node);
        _free[node] = free;
        levels[free].Add(node);
    }
}
