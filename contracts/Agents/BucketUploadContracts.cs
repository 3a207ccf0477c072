namespace Trainyard.Contracts.Agents;

/// <summary>A large result that is to go straight into the user's bucket, and from which part on addresses are asked for.</summary>
public sealed record BucketUploadRequest
{
    /// <summary>Addresses in one answer, at most.</summary>
    public const int MostParts = 100;

    /// <summary>Below the run's folder.</summary>
    public required string Path { get; init; }

    /// <summary>0 to <see cref="UploadRequest.MostBytes"/>; another number than before begins it anew.</summary>
    public required long Bytes { get; init; }

    /// <summary>From 0.</summary>
    public int FirstPart { get; init; }
}

/// <summary>Where to PUT parts of it, without our token.</summary>
public sealed record BucketUploadTarget
{
    /// <summary>Bytes of every part but the last.</summary>
    public required long PartBytes { get; init; }

    /// <summary>Of the part that was asked for and those after it; where these are not all, the others are to be asked for.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Whether a part's MD5 is also sent as <c>ETag</c>, in hex: the store checks that, and not <c>Content-MD5</c>.</summary>
    public bool SendETag { get; init; }

    /// <summary>Whether the answer to a part has an <c>ETag</c>; where not, the part's checksum is its MD5.</summary>
    public bool AnswersWithETags { get; init; } = true;
}

/// <summary>All parts are there.</summary>
public sealed record BucketUploadCommit
{
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Of the whole content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>In order.</summary>
    public required IReadOnlyList<BucketPart> Parts { get; init; }
}

/// <summary>What the store said of a part, and the MD5 of what was sent, lower-case hex.</summary>
public sealed record BucketPart(string Checksum, string Md5);
