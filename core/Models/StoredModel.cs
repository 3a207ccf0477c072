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

/// <summary>The progress of a model's copy.</summary>
public sealed record ModelCopy
{
    /// <summary>The last copied file; all files before it are copied too. Null when none is.</summary>
    public string? After { get; init; }

    public int Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>Whether all files are copied.</summary>
    public bool IsWhole { get; init; }
}
