namespace Trainyard.Benchmarks.Service;

internal static class Figures
{
    public static double Median(IReadOnlyCollection<double> values) => Quantile(values, 0.5);

    public static void Print(string name, IReadOnlyCollection<double> values, string unit) =>
        Console.WriteLine(
            $"{name}: median {Median(values):0} {unit}, min {values.Min():0}, p90 {Quantile(values, 0.9):0}, max {values.Max():0} (n = {values.Count})"
        );

    private static double Quantile(IReadOnlyCollection<double> values, double q)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Round(q * (sorted.Count - 1))];
    }
}
