namespace Trainyard.Contracts.Agents;

/// <summary>The manifest's <c>checkpoint</c> section, for the node.</summary>
public sealed record NodeCheckpoint
{
    /// <summary>A folder relative to RESULT_DIR: CHECKPOINT_DIR.</summary>
    public required string Path { get; init; }

    /// <summary>Seconds from one save to the next.</summary>
    public required double IntervalSeconds { get; init; }
}

/// <summary>
/// One file of a checkpoint. Its content is stored by SHA-256, so that an unchanged file is sent only once.
/// </summary>
public sealed record CheckpointFile
{
    /// <summary>The path relative to the checkpoint folder; a valid <see cref="BlobName"/>.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the command wrote the file: programs find their latest checkpoint by this time.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The content's address, relative to the service's. Set only by the service.</summary>
    public string? Url { get; init; }
}

/// <summary>All files of the folder: they become the run's checkpoint and replace the previous one.</summary>
public sealed record CheckpointCommit
{
    /// <summary>The most files of a checkpoint.</summary>
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
