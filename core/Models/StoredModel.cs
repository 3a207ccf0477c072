using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Models;

/// <summary>A model in the repository.</summary>
public sealed record StoredModel
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>The run it came from; the run's record may be gone.</summary>
    public required RunId RunId { get; init; }

    public required string Name { get; init; }

    /// <summary><c>framework-version</c>.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>Whether its files are still being copied: it cannot be downloaded yet.</summary>
    public bool IsBeingStored { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }
}

/// <summary>How far the copy of a model is.</summary>
public sealed record ModelCopy
{
    /// <summary>The last file that was copied, and all before it; null for none.</summary>
    public string? After { get; init; }

    public int Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>Whether there are no more.</summary>
    public bool IsWhole { get; init; }
}
