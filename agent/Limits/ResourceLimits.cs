namespace Trainyard.Agent.Limits;

/// <summary>What the processes of one command may use together.</summary>
internal sealed record ResourceLimits
{
    /// <summary>Null for as much as there is.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Null for all there are.</summary>
    public double? Cpus { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Processes { get; init; }
}

/// <summary>What the processes of one command have used; null where the machine does not count it.</summary>
internal sealed record ResourceUsage
{
    public static ResourceUsage Unknown { get; } = new();

    public long? PeakMemoryBytes { get; init; }

    public double? CpuSeconds { get; init; }

    /// <summary>Processes that the kernel killed because the limit of memory was reached.</summary>
    public long OutOfMemoryKills { get; init; }

    /// <summary>How often a process could not begin because of the limit of processes.</summary>
    public long RefusedProcesses { get; init; }
}
