namespace Trainyard.Benchmarks.Scheduling;

/// <summary>How long the decision takes, and what it keeps in memory.</summary>
internal static class DecisionTimes
{
    /// <summary>The memory that the decision takes with all that waits from the beginning.</summary>
    public static void WriteMemory(Trace trace)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var policy = new TrainyardPolicy(trace);
        var begun = CpuTime.Nanoseconds;
        foreach (var run in trace.Runs.Take(trace.Backlog))
        {
            policy.Add(run, 0);
        }
        var each = (CpuTime.Nanoseconds - begun) / 1_000.0 / trace.Backlog;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"enqueued: {each:0.0} us each, {memory / 1e6:N0} MB in all");
        GC.KeepAlive(policy);
    }

    public static void Write(List<float> micros)
    {
        micros.Sort();
        Console.WriteLine(
            $"decisions: {micros.Count:N0}, p50 {At(0.5):0.0} us, p99 {At(0.99):0.0} us, p99.9 {At(0.999):0.0} us, longest {micros[^1]:0.0} us, mean {micros.Average():0.0} us"
        );

        float At(double part) => micros[(int)(part * micros.Count)];
    }
}
