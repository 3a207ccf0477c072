namespace Trainyard.Agent.Limits;

/// <summary>The limits for all processes of one command together.</summary>
internal sealed record ResourceLimits
{
    /// <summary>Null for no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Null for all CPUs of the machine.</summary>
    public double? Cpus { get; init; }

    /// <summary>The maximum number of processes and threads.</summary>
    public required int Processes { get; init; }
}

/// <summary>
/// The resources that the processes of one command have used; null where the machine does not count them.
/// </summary>
internal sealed record ResourceUsage
{
    public static ResourceUsage Unknown { get; } = new();

    public long? PeakMemoryBytes { get; init; }

    public double? CpuSeconds { get; init; }

    /// <summary>The number of processes that the kernel killed at the memory limit.</summary>
    public long OutOfMemoryKills { get; init; }

    /// <summary>How often the process limit kept a process from starting.</summary>
    public long RefusedProcesses { get; init; }
}
