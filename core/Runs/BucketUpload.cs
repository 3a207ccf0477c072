using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>A large result that its node uploads directly into the user's bucket. There is no other copy.</summary>
public sealed record BucketUpload
{
    public required int Attempt { get; init; }

    /// <summary>The path, relative to the run's folder.</summary>
    public required string Path { get; init; }

    /// <summary>The upload. Without an upload id it is about to begin, or has begun just now.</summary>
    public required ObjectUpload Upload { get; init; }

    /// <summary>Hash of the content in lower-case hex; null until all parts are uploaded.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The receipts of all parts; null until they are uploaded.</summary>
    public IReadOnlyList<PartReceipt>? Receipts { get; init; }
}
