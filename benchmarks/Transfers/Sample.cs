using System.Globalization;
using Trainyard.Benchmarks.Service;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>One transfer, measured.</summary>
internal sealed record Sample
{
    public required double Seconds { get; init; }

    /// <summary>Of all that is ours: agent and service, or rclone.</summary>
    public required double ClientCpuSeconds { get; init; }

    public double AgentCpuSeconds { get; init; }

    /// <summary>Null for a peer.</summary>
    public MemoryPeak? AgentMemory { get; init; }

    public MemoryPeak? ServiceMemory { get; init; }

    public static void Print(string name, IReadOnlyCollection<Sample> samples)
    {
        var seconds = samples.Select(s => s.Seconds).ToList();
        var line =
            $"{name}: median {Text(Figures.Median(seconds))} s ({Text(seconds.Min())} to {Text(seconds.Max())}), "
            + $"client CPU {Median(samples, s => s.ClientCpuSeconds)} s";
        var agents = samples.Select(s => s.AgentMemory).OfType<MemoryPeak>().ToList();
        var services = samples.Select(s => s.ServiceMemory).OfType<MemoryPeak>().ToList();
        if (agents.Count > 0 && services.Count > 0)
        {
            line +=
                $" (agent {Median(samples, s => s.AgentCpuSeconds)}), "
                + $"memory at most: agent {MemoryPeak.Largest(agents)}, service {MemoryPeak.Largest(services)}";
        }
        Console.WriteLine($"{line} (n = {samples.Count})");
    }

    private static string Median(IEnumerable<Sample> samples, Func<Sample, double> value) =>
        Text(Figures.Median(samples.Select(value).ToList()));

    private static string Text(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);
}
