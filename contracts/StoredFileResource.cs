namespace Trainyard.Contracts;

/// <summary>A file that a run stored in its bucket.</summary>
public sealed record StoredFileResource
{
    /// <summary>The path in the run's folder. Programs choose it: it may hold any text but control characters.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>Where a stored file can be downloaded for a short time, without a key.</summary>
public sealed record FileAddressResource
{
    public required string Url { get; init; }

    /// <summary>The same below the service's address; null where the bucket itself is the address.</summary>
    public string? ServicePath { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
