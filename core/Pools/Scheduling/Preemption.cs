using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>An attempt that has to give way. It still runs until its node has stopped it.</summary>
public sealed record Preemption
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    public required PreemptionOrder Order { get; init; }
}

/// <summary>Which run an attempt gives way to, and since when. Queues persist it with the attempt.</summary>
public sealed record PreemptionOrder
{
    public required RunId For { get; init; }

    /// <summary>Whether both runs have the same owner; otherwise the owner of the other run had used less.</summary>
    public required bool IsSameOwner { get; init; }

    /// <summary>The priority of the run that goes first.</summary>
    public required int Priority { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>All the nodes that are kept for the run that goes first; empty in orders of older versions.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    public bool Equals(PreemptionOrder? other) =>
        other is not null
        && (For, IsSameOwner, Priority, At) == (other.For, other.IsSameOwner, other.Priority, other.At)
        && Nodes.SequenceEqual(other.Nodes);

    public override int GetHashCode() => HashCode.Combine(For, IsSameOwner, Priority, At, Nodes.Count);

    /// <summary>The order as JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <summary>Reads what <see cref="Write"/> wrote; null for null.</summary>
    public static PreemptionOrder? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize<PreemptionOrder>(text, WireJson.Options);
}
