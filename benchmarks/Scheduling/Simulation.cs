namespace Trainyard.Benchmarks.Scheduling;

/// <summary>What became of a trace under a policy.</summary>
/// <param name="Utilisation">GPU seconds used of those there were, in half the time that all would take on GPUs that never idle: by then all kinds of work are left.</param>
/// <param name="Waits">In seconds, by run.</param>
/// <param name="Begun">When each run began.</param>
/// <param name="Makespan">In seconds.</param>
internal sealed record Outcome(double Utilisation, double[] Waits, long[] Begun, long Makespan);

/// <summary>Plays a trace, all of which waits from the beginning, with a clock that jumps to what happens next.</summary>
internal static class Simulation
{
    public static Outcome Play(Trace trace, IPolicy policy, long until = long.MaxValue)
    {
        var window = trace.Runs.Sum(run => run.GpuSeconds) / trace.Gpus / 2;
        var begun = new long[trace.Runs.Count];
        var ends = new PriorityQueue<(TraceRun Run, IReadOnlyList<int> Nodes), long>();
        var (now, busy, used) = (0L, 0L, 0.0);
        while (true)
        {
            foreach (var (run, nodes) in policy.Decide(now))
            {
                begun[run.Index] = now;
                busy += run.Gpus;
                ends.Enqueue((run, nodes), now + run.Length);
            }
            if (!ends.TryPeek(out _, out var next) || next > until)
            {
                break;
            }
            used += busy * Math.Max(0, Math.Min(next, window) - now);
            now = next;
            while (ends.TryPeek(out var ended, out var at) && at == now)
            {
                ends.Dequeue();
                busy -= ended.Run.Gpus;
                policy.End(ended.Run, ended.Nodes, now);
            }
        }
        if (policy.Waiting > 0 && until == long.MaxValue)
        {
            throw new InvalidOperationException($"{policy.Waiting} runs wait and nothing runs.");
        }
        return new Outcome(used / (trace.Gpus * window), [.. begun.Select(at => (double)at)], begun, now);
    }
}
