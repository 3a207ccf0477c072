namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The textbook's EASY backfill: first come, first served; the first that finds no room has a reservation where it has room
/// first, and whatever cannot delay it goes ahead, in the order of arrival. Runs that are alike wait in one line, of which only
/// the first is looked at: the others find what it found.
/// </summary>
internal sealed class EasyPolicy(Trace trace) : IPolicy
{
    private readonly PlainNodes _nodes = new(trace.Nodes);
    private readonly Dictionary<(int Kind, int Gpus, int Limit), Queue<TraceRun>> _lines = [];

    private (TraceRun? Run, IReadOnlyList<int> Nodes, long At) _reservation;

    public int Waiting { get; private set; }

    public void Add(TraceRun run, long now)
    {
        var key = (run.Kind, run.Gpus, run.Limit);
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines[key] = line = new Queue<TraceRun>();
        }
        line.Enqueue(run);
        Waiting++;
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes, long now) => _nodes.End(run, nodes);

    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        while (Waiting > 0)
        {
            var lines = _lines.Values.Where(line => line.Count > 0).OrderBy(line => line.Peek().Index).ToList();
            if (!TryFirst(lines[0], now, started) && !TryBackfill(lines, now, started))
            {
                break;
            }
        }
        return started;
    }

    private bool TryFirst(Queue<TraceRun> line, long now, List<(TraceRun, IReadOnlyList<int>)> started)
    {
        var nodes = _nodes.FindRoom(line.Peek(), [], _ => false);
        return nodes is not null && Start(line, nodes, now, started);
    }

    private bool TryBackfill(List<Queue<TraceRun>> lines, long now, List<(TraceRun, IReadOnlyList<int>)> started)
    {
        var first = lines[0].Peek();
        if (_reservation.Run != first)
        {
            var (earliest, begins) = _nodes.Earliest(first);
            _reservation = (first, earliest, begins);
        }
        var (_, reserved, at) = _reservation;
        var any = false;
        foreach (var line in lines.Skip(1))
        {
            while (line.TryPeek(out var run))
            {
                var nodes = _nodes.FindRoom(
                    run,
                    reserved,
                    kept =>
                        (run.Limit > 0 && now + run.Limit <= at)
                        || _nodes.FreeBeside(kept, at, first.Slots) >= run.Slots
                );
                if (nodes is null)
                {
                    break;
                }
                any = Start(line, nodes, now, started);
            }
        }
        return any;
    }

    private bool Start(
        Queue<TraceRun> line,
        IReadOnlyList<int> nodes,
        long now,
        List<(TraceRun, IReadOnlyList<int>)> started
    )
    {
        var run = line.Dequeue();
        Waiting--;
        _nodes.Start(run, nodes, now);
        started.Add((run, nodes));
        return true;
    }
}
