using System.Diagnostics;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The same trace to its end under the service's decisions, FIFO and EASY.</summary>
internal static class Comparison
{
    /// <param name="trace">The trace.</param>
    /// <param name="checks">What must hold.</param>
    /// <param name="better">How much better than FIFO the service's decisions must be; null for a trace that only shows what is.</param>
    public static void Write(Trace trace, Checks checks, double? better)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"# {trace.Name}: {trace.Nodes.Count:N0} nodes with {trace.Gpus:N0} GPUs, {trace.Backlog:N0} queued runs and {trace.Runs.Count - trace.Backlog:N0} that arrive later, {trace.Owners} owners, {trace.Ideal / 3600:0.0} h of work"
        );
        DecisionTimes.WriteMemory(trace);
        var policy = new TrainyardPolicy(trace);
        var outcomes = new List<(string Name, Outcome Outcome)>
        {
            ("EASY backfill", Play(trace, new EasyPolicy(trace))),
            ("FIFO", Play(trace, new FifoPolicy(trace))),
            ("FIFO, a queue for each GPU type", Play(trace, new FifoPolicy(trace, byType: true))),
            ("Trainyard", Play(trace, policy)),
        };
        DecisionTimes.Write("decisions", policy.Micros);
        Report.Write(trace, outcomes);
        var fifo = outcomes[1].Outcome.Utilisation;
        var gain = outcomes[^1].Outcome.Utilisation - fifo;
        var text =
            $"{gain * 100:0.0} points of utilisation more than FIFO; {(1 - fifo) * 100:0.0} are the most there could be";
        if (better is { } least)
        {
            checks.That(gain >= least, $"{text}, at least {least * 100:0} wanted");
        }
        else
        {
            Console.WriteLine(text);
        }
        var (promised, late) = policy.Promises;
        checks.That(promised > 0 && late == 0, $"{promised:N0} runs were promised a start, {late} began later");
    }

    private static Outcome Play(Trace trace, IPolicy policy)
    {
        var begun = Stopwatch.GetTimestamp();
        var outcome = new Simulation(trace, policy).Play();
        Console.WriteLine(
            $"{policy.GetType().Name}: played in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s, GPU utilisation {outcome.Utilisation:P1}"
        );
        return outcome;
    }
}
