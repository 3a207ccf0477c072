using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Agents;

/// <summary>What a node can provide beside its slots, as its agent found it.</summary>
public sealed record NodeCapabilities
{
    /// <summary>CPUs that commands may use, together.</summary>
    public required double Cpus { get; init; }

    /// <summary>Memory that commands may use, together.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Free bytes of the disk with the attempts, in whole GiB; null when that cannot be told.</summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>The GPUs by model; empty on a CPU node.</summary>
    public IReadOnlyList<GpuFacts> Gpus { get; init; } = [];

    /// <summary>The version of the GPUs' driver; null without GPUs, or when it does not say.</summary>
    public string? GpuDriver { get; init; }

    /// <summary>The Pythons that commands find; null as long as the agent has not looked.</summary>
    public IReadOnlyList<PythonFacts>? Pythons { get; init; }

    /// <summary>What runs containers there; null where nothing does, or as long as the agent tries.</summary>
    public ContainerEngineFact? Containers { get; init; }

    /// <summary>Whether the agent still tries whether containers work.</summary>
    public bool ContainersPending { get; init; }

    /// <summary>What the node cannot hold runs to: of <c>memory</c>, <c>CPUs</c>, <c>processes</c>; null when there is no such thing.</summary>
    public IReadOnlyList<string>? Unlimited { get; init; }

    /// <summary>What of the network commands reach: <c>all</c>, <c>guarded</c>, <c>public</c> or <c>none</c>; null when its agent does not say.</summary>
    public string? Network { get; init; }

    /// <summary>What its operator says of it, by name; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Why the node takes no runs, one clause; null when it is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether a node without GPUs takes the runs that need some.</summary>
    public bool CpuStandIn { get; init; }

    /// <summary>Whether it is the service's own agent, on the service's machine.</summary>
    public bool IsServiceMachine { get; init; }

    /// <summary>Whether the agent has looked at all there is: what is missing then is not there.</summary>
    [JsonIgnore]
    public bool AreComplete => Pythons is not null && !ContainersPending;
}

/// <summary>GPUs of one model.</summary>
/// <param name="Model">As the driver calls it, such as <c>Tesla V100-SXM2-16GB</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="MemoryBytes">Of each; null when the driver does not say.</param>
public sealed record GpuFacts(string Model, int Count, long? MemoryBytes = null);

/// <summary>A Python and what is installed for it.</summary>
public sealed record PythonFacts
{
    /// <summary>What a command calls it: <c>python3</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Such as <c>3.11.2</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Of the packages that frameworks come in, those that are installed, with their versions.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; init; } = new SortedDictionary<string, string>();
}
