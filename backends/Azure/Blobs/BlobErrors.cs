using Azure;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>Classifies error answers of Azure Blob Storage.</summary>
internal static class BlobErrors
{
    public static bool IsMissing(RequestFailedException failure) =>
        failure.Status == 404 && failure.ErrorCode != "ContainerNotFound";

    public static bool IsPastEnd(RequestFailedException failure) => failure.Status == 416;

    /// <summary>
    /// Whether the blob differs from what the write expected: it exists, changed, or has another length.
    /// </summary>
    public static bool IsConflict(RequestFailedException failure) =>
        failure.Status == 412 || failure.ErrorCode == "BlobAlreadyExists" || LacksBlocks(failure);

    /// <summary>Whether blocks of the list to commit are not staged, or no longer staged.</summary>
    public static bool LacksBlocks(RequestFailedException failure) => failure.ErrorCode == "InvalidBlockList";

    public static bool IsOfAnotherType(RequestFailedException failure) => failure.ErrorCode == "InvalidBlobType";

    /// <summary>Whether the write lacked the lease of a leased blob.</summary>
    public static bool IsLeased(RequestFailedException failure) => failure.ErrorCode == "LeaseIdMissing";

    public static bool IsLeasedAlready(RequestFailedException failure) => failure.ErrorCode == "LeaseAlreadyPresent";

    public static bool HasNoLease(RequestFailedException failure) =>
        failure.ErrorCode == "LeaseNotPresentWithLeaseOperation";

    public static bool IsFull(RequestFailedException failure) => failure.ErrorCode == "BlockCountExceedsLimit";
}
