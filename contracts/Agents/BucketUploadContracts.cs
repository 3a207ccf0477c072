namespace Trainyard.Contracts.Agents;

/// <summary>Asks for the addresses by which a large result goes straight into the user's bucket.</summary>
public sealed record BucketUploadRequest
{
    /// <summary>The most addresses in one answer.</summary>
    public const int MostParts = 100;

    /// <summary>The file's path, relative to the run's folder.</summary>
    public required string Path { get; init; }

    /// <summary>The size, 0 to <see cref="UploadRequest.MostBytes"/>; a changed size restarts the upload.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of the first part to get an address for, from 0.</summary>
    public int FirstPart { get; init; }
}

/// <summary>The addresses for the PUTs of parts, without our token.</summary>
public sealed record BucketUploadTarget
{
    /// <summary>Bytes of every part but the last.</summary>
    public required long PartBytes { get; init; }

    /// <summary>The addresses from the requested part on; if some parts are missing, request them next.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>
    /// Whether to send a part's MD5 also as <c>ETag</c>, in hex: the store checks that, not <c>Content-MD5</c>.
    /// </summary>
    public bool SendETag { get; init; }

    /// <summary>Whether the store answers a part with an <c>ETag</c>; if not, the part's checksum is its MD5.</summary>
    public bool AnswersWithETags { get; init; } = true;
}

/// <summary>Says that all parts are uploaded.</summary>
public sealed record BucketUploadCommit
{
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the whole content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The parts, in order.</summary>
    public required IReadOnlyList<BucketPart> Parts { get; init; }
}

/// <summary>The store's checksum of a part, and the MD5 of the bytes sent, lower-case hex.</summary>
public sealed record BucketPart(string Checksum, string Md5);
