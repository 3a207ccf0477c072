using System.Diagnostics;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>How long the decision takes, and what it keeps in memory.</summary>
internal static class DecisionTimes
{
    public static TrainyardPolicy Write(Trace trace, int hours = int.MaxValue)
    {
        var runs = trace.Runs.Count;
        Console.WriteLine(
            $"{trace.Nodes.Count:N0} nodes with {trace.Gpus:N0} GPUs, {runs:N0} queued runs, {trace.Owners} owners"
        );
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var policy = new TrainyardPolicy(trace);
        var begun = CpuTime.Nanoseconds;
        foreach (var run in trace.Runs)
        {
            policy.Add(run, 0);
        }
        var each = (CpuTime.Nanoseconds - begun) / 1_000.0 / runs;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"enqueued: {each:0.0} us each, {memory / 1e6:N0} MB in all");
        if (hours < int.MaxValue)
        {
            Play(trace, policy, hours * 3600L);
            Write(policy.Micros);
        }
        return policy;
    }

    public static void Write(List<float> micros)
    {
        micros.Sort();
        Console.WriteLine(
            $"decisions: {micros.Count:N0}, p50 {At(0.5):0.0} us, p99 {At(0.99):0.0} us, p99.9 {At(0.999):0.0} us"
        );

        float At(double part) => micros[(int)(part * micros.Count)];
    }

    public static Outcome Play(Trace trace, IPolicy policy, long until = long.MaxValue)
    {
        var begun = Stopwatch.GetTimestamp();
        var outcome = Simulation.Play(trace, policy, until);
        Console.WriteLine($"{policy.GetType().Name}: played in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        return outcome;
    }
}
