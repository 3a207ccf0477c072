namespace Trainyard.Contracts.Runs;

/// <summary>The peak usage of a command, as measured by the node; a value is null if it was not measured.</summary>
public sealed record MachinePeaks
{
    /// <summary>CPU usage; 100 is one full processor.</summary>
    public double? CpuPercent { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>Usage of the busiest GPU, 0 to 100.</summary>
    public double? GpuPercent { get; init; }

    /// <summary>Memory used on the fullest GPU.</summary>
    public long? GpuMemoryBytes { get; init; }

    /// <summary>Power of the GPU that draws the most.</summary>
    public double? GpuWatts { get; init; }

    /// <summary>Temperature of the hottest GPU.</summary>
    public double? GpuCelsius { get; init; }

    /// <summary>Uncorrected memory errors of the GPUs during the command.</summary>
    public long? GpuErrors { get; init; }

    /// <summary>The larger of both values, for each measurement.</summary>
    public MachinePeaks Max(MachinePeaks other) =>
        new()
        {
            CpuPercent = Max(CpuPercent, other.CpuPercent),
            MemoryBytes = Max(MemoryBytes, other.MemoryBytes),
            GpuPercent = Max(GpuPercent, other.GpuPercent),
            GpuMemoryBytes = Max(GpuMemoryBytes, other.GpuMemoryBytes),
            GpuWatts = Max(GpuWatts, other.GpuWatts),
            GpuCelsius = Max(GpuCelsius, other.GpuCelsius),
            GpuErrors = Max(GpuErrors, other.GpuErrors),
        };

    private static T? Max<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is { } a && other is { } b ? (a.CompareTo(b) >= 0 ? a : b) : one ?? other;
}
