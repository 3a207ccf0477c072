using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>A record of an owner. Ids are UUIDs of version 7, so their order is the order of creation.</summary>
public abstract record OwnedRecord
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the parent record, or null.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public virtual Guid? ParentId => null;

    /// <summary>The time when its subject ended; null when it has not ended or has no end.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public virtual DateTimeOffset? ClosedAt => null;

    /// <summary>A new id.</summary>
    public static Guid NewId(DateTimeOffset at) => Guid.CreateVersion7(at);
}
