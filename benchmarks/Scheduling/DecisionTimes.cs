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

    /// <summary>How long it takes to tell when a run begins, in the largest pool for which that is played on.</summary>
    public static void WriteEstimates(Trace trace)
    {
        const int hour = 3600;
        var policy = new TrainyardPolicy(trace);
        new Simulation(trace, policy).Play(until: hour);
        var micros = Enumerable.Range(1, 100).Select(i => policy.Tell(hour + (i * 10))).ToList();
        Write($"estimates of starts in a pool of {trace.Nodes.Count} nodes", micros);
    }

    public static void Write(string what, List<float> micros)
    {
        micros.Sort();
        Console.WriteLine(
            $"{what}: {micros.Count:N0}, p50 {At(0.5):0.0} us, p99 {At(0.99):0.0} us, p99.9 {At(0.999):0.0} us, longest {micros[^1]:0.0} us, mean {micros.Average():0.0} us"
        );

        float At(double part) => micros[(int)(part * micros.Count)];
    }
}
