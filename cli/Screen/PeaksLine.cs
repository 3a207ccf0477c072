using System.Globalization;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Screen;

/// <summary>The highest measured resource use of a run, in one line.</summary>
internal static class PeaksLine
{
    /// <summary>Null when nothing was measured.</summary>
    public static string? Of(MachinePeaks peaks)
    {
        var parts = Parts(peaks).ToList();
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static IEnumerable<string> Parts(MachinePeaks peaks)
    {
        if (peaks.CpuPercent is { } cpu)
        {
            yield return $"CPU {Number(cpu)}%";
        }
        if (peaks.MemoryBytes is { } memory)
        {
            yield return $"memory {Words.Size(memory)}";
        }
        if (peaks.GpuPercent is { } gpu)
        {
            yield return $"GPU {Number(gpu)}%";
        }
        if (peaks.GpuMemoryBytes is { } gpuMemory)
        {
            yield return $"GPU memory {Words.Size(gpuMemory)}";
        }
        if (peaks.GpuWatts is { } watts)
        {
            yield return $"{Number(watts)} W";
        }
        if (peaks.GpuCelsius is { } celsius)
        {
            yield return $"{Number(celsius)} °C";
        }
        if (peaks.GpuErrors is > 0 and { } errors)
        {
            yield return $"{errors} GPU memory errors";
        }
    }

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
