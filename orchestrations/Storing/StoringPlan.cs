using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The plan for the results bucket. Units and pages of large files are separate blobs, because a plan may be large.
/// </summary>
public sealed record StoringPlan
{
    public required int Units { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The number of pages of large files.</summary>
    public int LargePages { get; init; }

    /// <summary>The large files, in plans made before pages existed.</summary>
    public IReadOnlyList<LargeFile> LargeFiles { get; init; } = [];
}

/// <summary>A page of a plan's large files.</summary>
public sealed record LargePage(IReadOnlyList<LargeFile> Files);

/// <summary>
/// A multipart file. Units write its parts, one each, from <see cref="FirstUnit"/> on, unless its node wrote them.
/// <see cref="FirstUnit"/> is <see cref="Intended"/> while it is unknown whether the upload has begun.
/// </summary>
public sealed record LargeFile(ObjectUpload Upload, int FirstUnit)
{
    public const int Intended = -1;

    /// <summary>The attempt whose node wrote the parts itself; null when units write them.</summary>
    public int? WrittenBy { get; init; }

    /// <summary>Hash of the blob in lower-case hex; null when unknown.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>The work of one storing activity.</summary>
public sealed record StoringUnit(IReadOnlyList<StoringItem> Items)
{
    /// <summary>The number of the run's storing that the unit belongs to, from 1; null in older plans.</summary>
    public int? Storing { get; init; }
}

/// <summary>A whole file, or a part of a large one.</summary>
public sealed record StoringItem
{
    public required string Blob { get; init; }

    public required ObjectUpload Upload { get; init; }

    public required int Part { get; init; }

    /// <summary>Hash of the whole blob in lower-case hex; null when unknown.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>The bucket's answers for the items of a unit, in their order.</summary>
public sealed record StoringReceipt(IReadOnlyList<PartReceipt> Parts)
{
    /// <summary>The unit's storing number; it tells late receipts of an earlier storing apart.</summary>
    public int? Storing { get; init; }
}
