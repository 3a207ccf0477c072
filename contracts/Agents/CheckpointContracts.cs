namespace Trainyard.Contracts.Agents;

/// <summary>What the manifest's <c>checkpoint</c> asks of a node.</summary>
public sealed record NodeCheckpoint
{
    /// <summary>A folder relative to RESULT_DIR: CHECKPOINT_DIR.</summary>
    public required string Path { get; init; }

    /// <summary>Seconds from one save to the next.</summary>
    public required double IntervalSeconds { get; init; }
}

/// <summary>One file of a checkpoint. Its content is kept under its SHA-256, so that what did not change is sent once.</summary>
public sealed record CheckpointFile
{
    /// <summary>Relative to the checkpoint folder; as <see cref="BlobName"/> allows it.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the command wrote it: programs look for the latest file by this.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Where its content is, below the service's address. Only the service says it.</summary>
    public string? Url { get; init; }
}

/// <summary>All files of the folder: from here on they are the run's checkpoint, and the one before is gone.</summary>
public sealed record CheckpointCommit
{
    /// <summary>As many files a checkpoint may have.</summary>
    public const int MostFiles = 10_000;

    /// <summary>At least one, at most <see cref="MostFiles"/>.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }
}

/// <summary>The last checkpoint that was committed.</summary>
public sealed record SavedCheckpoint
{
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>The attempt that saved it.</summary>
    public required int Attempt { get; init; }

    public required IReadOnlyList<CheckpointFile> Files { get; init; }
}
