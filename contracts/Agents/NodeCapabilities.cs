using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Agents;

/// <summary>A node's resources besides its slots, as its agent found them.</summary>
public sealed record NodeCapabilities
{
    /// <summary>CPUs that commands may use, together.</summary>
    public required double Cpus { get; init; }

    /// <summary>Memory that commands may use, together.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Free bytes, in whole GiB, of the disk that holds the attempts; null when unknown.</summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>
    /// Disk space that the runs of the node may take together, in coarse steps of whole GiB; null when unknown.
    /// </summary>
    public long? DiskBytes { get; init; }

    /// <summary>The GPUs by model; empty on a CPU node.</summary>
    public IReadOnlyList<GpuFacts> Gpus { get; init; } = [];

    /// <summary>The version of the GPUs' driver; null without GPUs, or when the driver does not report it.</summary>
    public string? GpuDriver { get; init; }

    /// <summary>The Pythons that commands find; null until the agent has looked.</summary>
    public IReadOnlyList<PythonFacts>? Pythons { get; init; }

    /// <summary>Whether the agent still queries Pythons that are not among <see cref="Pythons"/>.</summary>
    public bool PythonsPending { get; init; }

    /// <summary>The node's container engine; null when none works, or while the agent still tries it.</summary>
    public ContainerEngineFact? Containers { get; init; }

    /// <summary>Whether the agent is still testing if containers work.</summary>
    public bool ContainersPending { get; init; }

    /// <summary>
    /// The limits that the node cannot enforce: <c>memory</c>, <c>CPUs</c>, <c>processes</c>; null for none.
    /// </summary>
    public IReadOnlyList<string>? Unlimited { get; init; }

    /// <summary>
    /// The network that commands reach: <c>all</c>, <c>guarded</c>, <c>public</c>, <c>none</c>; null when not
    /// reported.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>The labels that the operator gave the node; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Why the node takes no runs, as one clause; null when it is healthy.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether a node without GPUs takes the runs that need some.</summary>
    public bool CpuStandIn { get; init; }

    /// <summary>Whether the node is the service's own agent, on the service's machine.</summary>
    public bool IsServiceMachine { get; init; }

    /// <summary>Whether the agent has finished looking: anything still missing does not exist on the node.</summary>
    [JsonIgnore]
    public bool AreComplete => Pythons is not null && !PythonsPending && !ContainersPending;
}

/// <summary>GPUs of one model.</summary>
/// <param name="Model">As the driver calls it, such as <c>Tesla V100-SXM2-16GB</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="MemoryBytes">Memory of each GPU; null when the driver does not report it.</param>
public sealed record GpuFacts(string Model, int Count, long? MemoryBytes = null);

/// <summary>A Python and what is installed for it.</summary>
public sealed record PythonFacts
{
    /// <summary>The program's name for commands, such as <c>python3</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Such as <c>3.11.2</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The installed packages of frameworks, with their versions.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; init; } = new SortedDictionary<string, string>();
}
