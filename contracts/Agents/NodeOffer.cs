using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Agents;

/// <summary>The resources that a node offers when it asks for work.</summary>
public sealed record NodeOffer
{
    public required string Node { get; init; }

    public required string Pool { get; init; }

    /// <summary>GPUs of the node; 0 makes it a CPU node.</summary>
    public required int Gpus { get; init; }

    /// <summary>Slots of the node: one per GPU, or its CPU slots; 0 when the node is about to be removed.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots not in use right now.</summary>
    public required int FreeSlots { get; init; }

    /// <summary>The leases that the node holds, by run and attempt.</summary>
    public IReadOnlyList<HeldLease> Holds { get; init; } = [];

    /// <summary>
    /// The sandbox of commands: <c>bubblewrap</c> or <c>none</c>; null when the agent does not report it.
    /// </summary>
    public string? Sandbox { get; init; }

    /// <summary>Whether the operator chose the sandbox explicitly.</summary>
    public bool SandboxChosen { get; init; }

    /// <summary>Whether commands run as root: the agent is root and there is no sandbox.</summary>
    public bool CommandsAsRoot { get; init; }

    /// <summary>The limits that the node cannot enforce: <c>memory</c>, <c>CPUs</c>, <c>processes</c>.</summary>
    public IReadOnlyList<string> Unlimited { get; init; } = [];

    /// <summary>The node's resources besides its slots; null when its agent does not report them.</summary>
    public NodeCapabilities? Facts { get; init; }

    /// <summary>CPUs not yet promised to a run of the node; null when its agent does not report it.</summary>
    public double? FreeCpus { get; init; }

    /// <summary>Memory not yet promised to a run of the node; null when its agent does not report it.</summary>
    public long? FreeMemoryBytes { get; init; }

    /// <summary>
    /// Disk space, in whole GiB, that is there and not yet promised to a run of the node; null when its agent does not
    /// report it.
    /// </summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>The node's container engine, tested at the agent's start; null when none works.</summary>
    public ContainerEngineFact? Containers { get; init; }

    /// <summary>Why the node takes no runs, as one clause; null when it is healthy.</summary>
    public string? Problem { get; init; }
}

/// <summary>An attempt a node says it holds.</summary>
public sealed record HeldLease(RunId RunId, int Attempt);

/// <summary>A container engine that works on a node.</summary>
/// <param name="Engine"><c>podman</c> or <c>docker</c>.</param>
/// <param name="Version">As the engine reports it.</param>
public sealed record ContainerEngineFact(string Engine, string Version);
