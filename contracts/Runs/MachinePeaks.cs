namespace Trainyard.Contracts.Runs;

/// <summary>The most that the node saw a command use at once; each null where it was not measured.</summary>
public sealed record MachinePeaks
{
    /// <summary>100 for one processor.</summary>
    public double? CpuPercent { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>Of the busiest of its GPUs, 0 to 100.</summary>
    public double? GpuPercent { get; init; }

    /// <summary>Of the fullest of its GPUs.</summary>
    public long? GpuMemoryBytes { get; init; }

    /// <summary>Of the thirstiest of its GPUs.</summary>
    public double? GpuWatts { get; init; }

    /// <summary>Of the hottest of its GPUs.</summary>
    public double? GpuCelsius { get; init; }

    /// <summary>Uncorrected memory errors of its GPUs that came meanwhile.</summary>
    public long? GpuErrors { get; init; }

    /// <summary>The greater of each.</summary>
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
