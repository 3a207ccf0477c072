using Trainyard.Contracts.Agents;

namespace Trainyard.Contracts.Nodes;

/// <summary>The list of all nodes.</summary>
public sealed record NodeListResource
{
    public required IReadOnlyList<NodeResource> Resources { get; init; }
}

/// <summary>A node of the pool as <c>/v3/nodes</c> shows it to operators.</summary>
public sealed record NodeResource
{
    public required string Name { get; init; }

    public required string Pool { get; init; }

    /// <summary>GPUs of the node; 0 for a CPU node.</summary>
    public required int Gpus { get; init; }

    public required int Slots { get; init; }

    public required int FreeSlots { get; init; }

    /// <summary><c>ready</c>, <c>out_of_order</c>, <c>set_aside</c>, <c>draining</c>, <c>drained</c>, <c>retired</c> or <c>silent</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The node's sandbox for commands; null when its agent does not report it.</summary>
    public string? Sandbox { get; init; }

    /// <summary>The node's resources besides its slots; null when its agent does not report them.</summary>
    public NodeCapabilities? Provides { get; init; }

    /// <summary>The number of different runs in a row that failed by the node's fault.</summary>
    public required int Failures { get; init; }

    /// <summary>When the node gets runs again; only for a node that is set aside.</summary>
    public DateTimeOffset? SetAsideUntil { get; init; }

    /// <summary>The message of the last failure.</summary>
    public string? Reason { get; init; }
}
