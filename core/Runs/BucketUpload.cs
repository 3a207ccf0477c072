using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>A large result on its way from its node straight into the user's bucket. It is nowhere else.</summary>
public sealed record BucketUpload
{
    public required int Attempt { get; init; }

    /// <summary>Below the run's folder.</summary>
    public required string Path { get; init; }

    /// <summary>Without an upload's id it is about to begin, and may have.</summary>
    public required ObjectUpload Upload { get; init; }

    /// <summary>Of the content, lower-case hex; null until all parts are there.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of all parts; null until they are there.</summary>
    public IReadOnlyList<PartReceipt>? Receipts { get; init; }
}
