using System.Globalization;

namespace Trainyard.Benchmarks.Engine;

internal sealed record Measurement(string Name, string Title, Func<Task> RunAsync);

internal static class Report
{
    /// <param name="target">What the figure should be, as text; empty when there is no target.</param>
    public static void Line(string what, double value, string unit, string target = "")
    {
        var aim = target.Length == 0 ? "" : $"   (target {target})";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what, -58} {value, 12:N2} {unit}{aim}"));
    }

    public static double Percentile(IReadOnlyCollection<double> values, double percent)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
    }
}
