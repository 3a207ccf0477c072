namespace Trainyard.Benchmarks.Scheduling;

/// <summary>What became of a trace under a policy.</summary>
/// <param name="Utilisation">GPU seconds used of those there were, as long as every node has work that it could do (<see cref="Trace.Busy"/>).</param>
/// <param name="ByKind">The same for each kind of nodes with GPUs.</param>
/// <param name="Longer">The same for half the time that all would take on GPUs that never idle, whether there is work for each node or not.</param>
/// <param name="Begun">When each run began; long.MaxValue for those that did not before the simulation was stopped.</param>
/// <param name="Makespan">In seconds.</param>
internal sealed record Outcome(
    double Utilisation,
    IReadOnlyDictionary<NodeKind, double> ByKind,
    double Longer,
    long[] Begun,
    long Makespan
);

/// <summary>Plays a trace with a clock that jumps to what happens next.</summary>
internal sealed class Simulation(Trace trace, IPolicy policy)
{
    private readonly PriorityQueue<(TraceRun Run, IReadOnlyList<int> Nodes), long> _ends = new();
    private readonly long[] _begun = [.. Enumerable.Repeat(long.MaxValue, trace.Runs.Count)];
    private readonly Dictionary<NodeKind, double> _busy = trace.Nodes.Distinct().ToDictionary(kind => kind, _ => 0.0);
    private readonly Dictionary<NodeKind, double> _used = trace.Nodes.Distinct().ToDictionary(kind => kind, _ => 0.0);
    private int _next;

    /// <summary>To the end, or until an instant.</summary>
    public Outcome Play(long until = long.MaxValue)
    {
        var (busy, longer) = (trace.Busy, trace.Ideal / 2);
        var (now, usedLonger) = (0L, 0.0);
        Arrive(now);
        while (true)
        {
            Start(now);
            var next = Math.Min(
                _ends.TryPeek(out _, out var end) ? end : long.MaxValue,
                _next < trace.Runs.Count ? trace.Runs[_next].Arrival : long.MaxValue
            );
            if (next == long.MaxValue || next > until)
            {
                break;
            }
            Use(Math.Max(0, Math.Min(next, busy) - now));
            usedLonger += _busy.Values.Sum() * Math.Max(0, Math.Min(next, longer) - now);
            now = next;
            End(now);
            Arrive(now);
        }
        if (policy.Waiting > 0 && until == long.MaxValue)
        {
            throw new InvalidOperationException($"{policy.Waiting} runs wait and nothing runs.");
        }
        var gpus = trace
            .Nodes.CountBy(kind => kind)
            .ToDictionary(each => each.Key, each => each.Value * each.Key.Gpus * each.Key.GpusPerSlot);
        return new Outcome(
            _used.Values.Sum() / (trace.Gpus * busy),
            _used
                .Where(kind => gpus[kind.Key] > 0)
                .ToDictionary(each => each.Key, each => each.Value / (gpus[each.Key] * busy)),
            usedLonger / (trace.Gpus * longer),
            _begun,
            now
        );
    }

    private void Use(double seconds)
    {
        foreach (var (kind, busy) in _busy)
        {
            _used[kind] += busy * seconds;
        }
    }

    private void Arrive(long now)
    {
        while (_next < trace.Runs.Count && trace.Runs[_next].Arrival <= now)
        {
            policy.Add(trace.Runs[_next++], now);
        }
    }

    private void Start(long now)
    {
        foreach (var (run, nodes) in policy.Decide(now))
        {
            _begun[run.Index] = now;
            Occupy(run, nodes, 1);
            _ends.Enqueue((run, nodes), now + run.Length);
        }
    }

    private void End(long now)
    {
        while (_ends.TryPeek(out var ended, out var at) && at == now)
        {
            _ends.Dequeue();
            Occupy(ended.Run, ended.Nodes, -1);
            policy.End(ended.Run, ended.Nodes, now);
        }
    }

    // A run that names no type may have got slices.
    private void Occupy(TraceRun run, IReadOnlyList<int> nodes, int sign)
    {
        foreach (var node in nodes)
        {
            _busy[trace.Nodes[node]] += sign * run.Ask.Needs.Gpus * trace.Nodes[node].GpusPerSlot;
        }
    }
}
