using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Agents;

/// <summary>What a node has to offer.</summary>
public sealed record NodeOffer
{
    public required string Node { get; init; }

    public required string Pool { get; init; }

    /// <summary>GPUs of the node; 0 makes it a CPU node.</summary>
    public required int Gpus { get; init; }

    /// <summary>Slots of the node: one per GPU, or its CPU slots; 0 when it is about to be taken away.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots not in use right now.</summary>
    public required int FreeSlots { get; init; }

    /// <summary>The leases the node holds, by token hash not needed: run and attempt.</summary>
    public IReadOnlyList<HeldLease> Holds { get; init; } = [];

    /// <summary>How commands are kept apart from the machine: <c>bubblewrap</c> or <c>none</c>; null when its agent does not say.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Whether the operator chose that by name.</summary>
    public bool SandboxChosen { get; init; }

    /// <summary>Whether commands have all rights on the machine: no sandbox, and an agent that is root.</summary>
    public bool CommandsAsRoot { get; init; }

    /// <summary>What the node cannot hold runs to: of <c>memory</c>, <c>CPUs</c>, <c>processes</c>.</summary>
    public IReadOnlyList<string> Unlimited { get; init; } = [];

    /// <summary>What the node can provide beside its slots; null when its agent does not say.</summary>
    public NodeCapabilities? Facts { get; init; }

    /// <summary>CPUs that no run of the node was promised; null when its agent does not say.</summary>
    public double? FreeCpus { get; init; }

    /// <summary>Memory that no run of the node was promised; null when its agent does not say.</summary>
    public long? FreeMemoryBytes { get; init; }

    /// <summary>What runs containers there, tried at the agent's start; null where nothing does.</summary>
    public ContainerEngineFact? Containers { get; init; }

    /// <summary>Why the node takes no runs, one clause; null when it is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>An attempt a node says it holds.</summary>
public sealed record HeldLease(RunId RunId, int Attempt);

/// <summary>A container engine that works on a node.</summary>
/// <param name="Engine"><c>podman</c> or <c>docker</c>.</param>
/// <param name="Version">As it says itself.</param>
public sealed record ContainerEngineFact(string Engine, string Version);
