namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The tables of the figures, as Markdown.</summary>
internal static class Report
{
    private const double Hour = 3600;

    public static void Write(Trace trace, IReadOnlyList<(string Name, Outcome Outcome)> outcomes)
    {
        var until = (long)(trace.Ideal / 2);
        Console.WriteLine();
        Console.WriteLine(
            $"| | GPU utilisation in the first {trace.Busy / Hour:0.0} h | in the first {trace.Ideal / 2 / Hour:0.0} h | all done after | Jain index over owners, of what was due / raw |"
        );
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, outcome) in outcomes)
        {
            var jain = Fairness.Of(trace, outcome.Begun, until);
            Console.WriteLine(
                $"| {name} | {outcome.Utilisation:P1} | {outcome.Longer:P1} | {outcome.Makespan / Hour:0.0} h | {jain.OfDue:0.000} / {jain.Raw:0.000} |"
            );
        }
        var kinds = outcomes[0].Outcome.ByKind.Keys.ToList();
        Console.WriteLine();
        Console.WriteLine("| GPU utilisation |" + string.Concat(kinds.Select(kind => $" {kind.Gpus} {kind.Name} |")));
        Console.WriteLine("|---|" + string.Concat(kinds.Select(_ => "---|")));
        foreach (var (name, outcome) in outcomes)
        {
            Console.WriteLine($"| {name} |" + string.Concat(kinds.Select(kind => $" {outcome.ByKind[kind]:P1} |")));
        }
        var bySize = trace.Runs.GroupBy(run => run.Ask.Size).OrderBy(runs => runs.Key).ToList();
        var gpuSeconds = trace.Runs.Sum(run => run.GpuSeconds);
        Console.WriteLine();
        Console.WriteLine("| wait, mean / p95 in hours |" + Row(bySize, runs => Words(runs.Key)));
        Console.WriteLine("|---|" + string.Concat(bySize.Select(_ => "---|")));
        Console.WriteLine("| of the runs |" + Row(bySize, runs => $"{(double)runs.Count() / trace.Runs.Count:P2}"));
        Console.WriteLine(
            "| of the work |" + Row(bySize, runs => $"{runs.Sum(run => run.GpuSeconds) / gpuSeconds:P1}")
        );
        foreach (var (name, outcome) in outcomes)
        {
            Console.WriteLine($"| {name} |" + Row(bySize, runs => Wait(runs, outcome)));
        }
    }

    private static string Row(
        IEnumerable<IGrouping<int, TraceRun>> bySize,
        Func<IGrouping<int, TraceRun>, string> text
    ) => string.Concat(bySize.Select(runs => $" {text(runs)} |"));

    private static string Words(int gpus) =>
        gpus == 0 ? "no GPU"
        : gpus == 1 ? "1 GPU"
        : $"{gpus} GPUs";

    private static string Wait(IEnumerable<TraceRun> runs, Outcome outcome)
    {
        var waits = runs.Select(run => (outcome.Begun[run.Index] - run.Arrival) / Hour).Order().ToList();
        return $"{waits.Average():0.0} / {waits[(int)(waits.Count * 0.95)]:0.0}";
    }
}
