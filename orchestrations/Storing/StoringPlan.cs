using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// What goes into the results bucket. The units, and the large files in pages, are blobs of their own: a plan may be large.
/// </summary>
public sealed record StoringPlan
{
    public required int Units { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Pages of large files.</summary>
    public int LargePages { get; init; }

    /// <summary>The large files themselves, in plans of before there were pages of them.</summary>
    public IReadOnlyList<LargeFile> LargeFiles { get; init; } = [];
}

/// <summary>Some of a plan's large files.</summary>
public sealed record LargePage(IReadOnlyList<LargeFile> Files);

/// <summary>
/// A file of several parts, one unit each, from <see cref="FirstUnit"/> on, unless its node wrote them. One of which it is not yet known whether its
/// upload was begun has <see cref="Intended"/> there.
/// </summary>
public sealed record LargeFile(ObjectUpload Upload, int FirstUnit)
{
    public const int Intended = -1;

    /// <summary>The staged blob; null in plans of before it was kept, and where its node wrote the parts itself.</summary>
    public string? Blob { get; init; }

    /// <summary>Which attempt's node wrote the parts itself; null where units do.</summary>
    public int? WrittenBy { get; init; }

    /// <summary>Lower-case hex, where the blob's is known.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>What one activity stores.</summary>
public sealed record StoringUnit(IReadOnlyList<StoringItem> Items)
{
    /// <summary>For which of the run's storings, from 1; null in plans of before it was kept.</summary>
    public int? Storing { get; init; }
}

/// <summary>A whole file, or a part of a large one.</summary>
public sealed record StoringItem
{
    public required string Blob { get; init; }

    public required ObjectUpload Upload { get; init; }

    public required int Part { get; init; }

    /// <summary>Of the whole blob, lower-case hex, where it is known.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>What the bucket said of a unit's items, in their order.</summary>
public sealed record StoringReceipt(IReadOnlyList<PartReceipt> Parts)
{
    /// <summary>The unit's own: a late receipt of an earlier storing is none of this one.</summary>
    public int? Storing { get; init; }
}
