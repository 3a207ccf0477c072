namespace Trainyard.Manifests.Model;

/// <summary>What one node of the run needs, and how many nodes.</summary>
public sealed record ComputeRequest
{
    /// <summary>The configuration's name (<c>small</c>, <c>k80x2</c>, ...), or null when numbers were given.</summary>
    public string? Name { get; init; }

    /// <summary>GPUs of one node; 0 for none.</summary>
    public required int Gpus { get; init; }

    /// <summary>CPU cores of one node; fractions are allowed.</summary>
    public required double Cpus { get; init; }

    public required long MemoryBytes { get; init; }

    /// <summary>Disk space of one node for all files of the run there; null when none was asked for.</summary>
    public long? DiskBytes { get; init; }

    /// <summary><c>k80</c>, <c>p100</c>, <c>v100</c> or another name of the pool's; null for any.</summary>
    public string? GpuType { get; init; }

    public int Nodes { get; init; } = 1;
}

/// <summary>The documented configurations. Memory is in units of 10^9 bytes, as it was documented.</summary>
public static class ComputeConfigurations
{
    public const string Default = "small";

    public static IReadOnlyList<ComputeRequest> All { get; } =
    [
        Of("small", 1, 6, 12),
        Of("medium", 2, 12, 24),
        Of("large", 4, 24, 48),
        Of("k80", 1, 4, 24, "k80"),
        Of("k80x2", 2, 8, 48, "k80"),
        Of("k80x4", 4, 16, 96, "k80"),
        Of("p100", 1, 8, 24, "p100"),
        Of("p100x2", 2, 16, 48, "p100"),
        Of("v100", 1, 26, 24, "v100"),
        Of("v100x2", 2, 52, 48, "v100"),
    ];

    public static ComputeRequest? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    private static ComputeRequest Of(string name, int gpus, int cpus, int gigabytes, string? gpuType = null) =>
        new()
        {
            Name = name,
            Gpus = gpus,
            Cpus = cpus,
            MemoryBytes = gigabytes * 1_000_000_000L,
            GpuType = gpuType,
        };
}
