namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The same trace to its end under the service's decisions, FIFO and EASY.</summary>
internal static class Comparison
{
    // In points of utilisation, what the service's decisions must be better than FIFO.
    private const double Better = 0.10;

    public static int Write(Trace trace)
    {
        var policy = DecisionTimes.Write(trace);
        var outcomes = new List<(string Name, Outcome Outcome)>
        {
            ("Trainyard", DecisionTimes.Play(trace, policy)),
            ("FIFO", Play(trace, new FifoPolicy(trace))),
            ("EASY", Play(trace, new EasyPolicy(trace))),
        };
        DecisionTimes.Write(policy.Micros);
        Report.Write(trace, outcomes);
        var gain = outcomes[0].Outcome.Utilisation - outcomes[1].Outcome.Utilisation;
        Console.WriteLine();
        Console.WriteLine($"{gain * 100:0.0} points of utilisation more than FIFO");
        return gain >= Better ? 0 : 1;
    }

    private static Outcome Play(Trace trace, IPolicy policy)
    {
        foreach (var run in trace.Runs)
        {
            policy.Add(run, 0);
        }
        return DecisionTimes.Play(trace, policy);
    }
}
