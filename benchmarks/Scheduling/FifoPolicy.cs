namespace Trainyard.Benchmarks.Scheduling;

/// <summary>First come, first served: whoever is first and finds no room holds up all behind it.</summary>
internal sealed class FifoPolicy(Trace trace) : IPolicy
{
    private readonly PlainNodes _nodes = new(trace.Nodes);
    private readonly Queue<TraceRun> _queue = new();

    public int Waiting => _queue.Count;

    public void Add(TraceRun run, long now) => _queue.Enqueue(run);

    public void End(TraceRun run, IReadOnlyList<int> nodes, long now) => _nodes.End(run, nodes);

    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        while (_queue.TryPeek(out var first) && _nodes.FindRoom(first, [], _ => false) is { } nodes)
        {
            _queue.Dequeue();
            _nodes.Start(first, nodes, now);
            started.Add((first, nodes));
        }
        return started;
    }
}
