using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>A record that belongs to somebody. Ids are UUIDs of version 7: their order is that of their making.</summary>
public abstract record OwnedRecord
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The record that it belongs to, or null.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public virtual Guid? ParentId => null;

    /// <summary>When what it describes came to its end; null for what has none, or not yet.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public virtual DateTimeOffset? ClosedAt => null;

    /// <summary>A new id.</summary>
    public static Guid NewId(DateTimeOffset at) => Guid.CreateVersion7(at);
}
