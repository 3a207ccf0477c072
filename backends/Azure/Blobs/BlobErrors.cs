using Azure;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>What answers of the blob service mean here.</summary>
internal static class BlobErrors
{
    public static bool IsMissing(RequestFailedException failure) =>
        failure.Status == 404 && failure.ErrorCode != "ContainerNotFound";

    public static bool IsPastEnd(RequestFailedException failure) => failure.Status == 416;

    /// <summary>The blob is not as the write expected it: it exists, has changed, or has another length.</summary>
    public static bool IsConflict(RequestFailedException failure) =>
        failure.Status == 412 || failure.ErrorCode == "BlobAlreadyExists" || LacksBlocks(failure);

    /// <summary>Blocks of the list to be committed are not staged, or not any more.</summary>
    public static bool LacksBlocks(RequestFailedException failure) => failure.ErrorCode == "InvalidBlockList";

    public static bool IsOfAnotherType(RequestFailedException failure) => failure.ErrorCode == "InvalidBlobType";

    /// <summary>A write without the lease of a blob that has one.</summary>
    public static bool IsLeased(RequestFailedException failure) => failure.ErrorCode == "LeaseIdMissing";

    public static bool IsLeasedAlready(RequestFailedException failure) => failure.ErrorCode == "LeaseAlreadyPresent";

    public static bool HasNoLease(RequestFailedException failure) =>
        failure.ErrorCode == "LeaseNotPresentWithLeaseOperation";

    public static bool IsFull(RequestFailedException failure) => failure.ErrorCode == "BlockCountExceedsLimit";
}
