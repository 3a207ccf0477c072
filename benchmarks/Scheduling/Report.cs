namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The tables of the figures, as Markdown.</summary>
internal static class Report
{
    private static readonly int[] Sizes = [0, 1, 2, 4, 8, 16, 32, 64];

    public static void Write(Trace trace, IReadOnlyList<(string Name, Outcome Outcome)> outcomes)
    {
        // Up to then all policies have work for everybody.
        var until = (long)(trace.Runs.Sum(run => run.GpuSeconds) / trace.Gpus / 2);
        Console.WriteLine();
        Console.WriteLine("| | GPU utilisation | all done after | Jain index over owners |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (name, outcome) in outcomes)
        {
            var jain = Fairness.Jain(trace, outcome.Begun, until);
            Console.WriteLine(
                $"| {name} | {outcome.Utilisation:P1} | {outcome.Makespan / 3600.0:0.0} h | {jain:0.000} |"
            );
        }
        Console.WriteLine();
        Console.WriteLine("| wait, mean / p95 in hours | " + string.Join(" | ", Sizes.Select(Words)) + " |");
        Console.WriteLine("|---|" + string.Concat(Sizes.Select(_ => "---|")));
        foreach (var (name, outcome) in outcomes)
        {
            Console.WriteLine(
                $"| {name} | " + string.Join(" | ", Sizes.Select(size => Wait(trace, outcome, size))) + " |"
            );
        }
    }

    private static string Words(int gpus) =>
        gpus == 0 ? "no GPU"
        : gpus == 1 ? "1 GPU"
        : $"{gpus} GPUs";

    private static string Wait(Trace trace, Outcome outcome, int gpus)
    {
        var waits = trace
            .Runs.Where(run => run.Gpus == gpus)
            .Select(run => outcome.Waits[run.Index] / 3600)
            .Order()
            .ToList();
        return $"{waits.Average():0.0} / {waits[(int)(waits.Count * 0.95)]:0.0}";
    }
}
