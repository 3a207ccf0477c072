namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// First come, first served: whoever is first and finds no room holds up all behind it. With one queue for each GPU type, only those
/// who name the same one, or none.
/// </summary>
internal sealed class FifoPolicy(Trace trace, bool byType = false) : IPolicy
{
    private readonly PlainNodes _nodes = new(trace.Nodes);
    private readonly Dictionary<string, Line> _lines = [];

    public int Waiting => _lines.Values.Sum(line => line.Runs.Count);

    public void Add(TraceRun run, long now)
    {
        var key = byType ? run.Ask.Needs.GpuType ?? (run.Ask.Needs.Gpus == 0 ? "none" : "any") : "";
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines[key] = line = new Line(run.Ask, 0, []);
        }
        line.Runs.Enqueue(run);
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes, long now) => _nodes.End(run, nodes);

    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        while (OldestWithRoom() is var (line, nodes))
        {
            var run = line.Runs.Dequeue();
            line.BlockedAt = -1;
            _nodes.Start(run, nodes, now);
            started.Add((run, nodes));
        }
        return started;
    }

    private (Line Line, IReadOnlyList<int> Nodes)? OldestWithRoom()
    {
        foreach (var line in _lines.Values.Where(line => line.Runs.Count > 0).Order(Line.ByAge))
        {
            if (!_nodes.HasNewRoom(_nodes.AbleFor(line.First.Ask), line.BlockedAt))
            {
                continue;
            }
            if (_nodes.FindRoom(line.First.Ask, null, null) is { } nodes)
            {
                return (line, nodes);
            }
            line.BlockedAt = _nodes.Version;
        }
        return null;
    }
}
