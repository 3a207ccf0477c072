using Trainyard.Contracts.Agents;

namespace Trainyard.Contracts.Nodes;

/// <summary>A page of nodes: all there are.</summary>
public sealed record NodeListResource
{
    public required IReadOnlyList<NodeResource> Resources { get; init; }
}

/// <summary>A node of the pool as <c>/v3/nodes</c> shows it to operators.</summary>
public sealed record NodeResource
{
    public required string Name { get; init; }

    public required string Pool { get; init; }

    /// <summary>0: a CPU node.</summary>
    public required int Gpus { get; init; }

    public required int Slots { get; init; }

    public required int FreeSlots { get; init; }

    /// <summary><c>ready</c>, <c>out_of_order</c>, <c>set_aside</c>, <c>draining</c>, <c>drained</c>, <c>retired</c> or <c>silent</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>How it keeps commands apart; null when its agent does not say.</summary>
    public string? Sandbox { get; init; }

    /// <summary>What it can provide beside its slots; null when its agent does not say.</summary>
    public NodeCapabilities? Provides { get; init; }

    /// <summary>Different runs that failed by the node's fault, in a row.</summary>
    public required int Failures { get; init; }

    /// <summary>When it is tried again; only for a node that is set aside.</summary>
    public DateTimeOffset? SetAsideUntil { get; init; }

    /// <summary>What the last of the failures said.</summary>
    public string? Reason { get; init; }
}
