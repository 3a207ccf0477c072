using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>What goes into the results bucket. The units are blobs of their own: a plan may be large.</summary>
public sealed record StoringPlan
{
    public required int Units { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    public required IReadOnlyList<LargeFile> LargeFiles { get; init; }
}

/// <summary>A file of several parts, one unit each, from <see cref="FirstUnit"/> on.</summary>
public sealed record LargeFile(ObjectUpload Upload, int FirstUnit);

/// <summary>What one activity stores.</summary>
public sealed record StoringUnit(IReadOnlyList<StoringItem> Items);

/// <summary>A whole file, or a part of a large one.</summary>
public sealed record StoringItem
{
    public required string Blob { get; init; }

    public required ObjectUpload Upload { get; init; }

    public required int Part { get; init; }
}

/// <summary>What the bucket said of a unit's items, in their order.</summary>
public sealed record StoringReceipt(IReadOnlyList<PartReceipt> Parts);
