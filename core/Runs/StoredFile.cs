namespace Trainyard.Core.Runs;

/// <summary>A file of a run as it was stored in the results bucket.</summary>
public sealed record StoredFile
{
    /// <summary>The path in the run's folder.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The blob that it was stored from, which the service may still have; null when there was none.</summary>
    public string? Blob { get; init; }
}

/// <summary>A page of a run's stored files, and where the next one begins; null on the last.</summary>
public sealed record StoredFilePage(IReadOnlyList<StoredFile> Files, long? Next);
