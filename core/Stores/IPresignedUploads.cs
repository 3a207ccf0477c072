namespace Trainyard.Core.Stores;

/// <summary>
/// Uploads in parts that somebody without credentials writes, at addresses that expire. They are completed as all others are, by
/// <see cref="IObjectStore.CompleteUploadAsync"/>; what a store says of a part in the header <c>ETag</c> is the checksum of its receipt.
/// </summary>
public interface IPresignedUploads
{
    /// <summary>
    /// Begins a new upload, even when others are under way for the key. It has no id when the object has a single
    /// part.
    /// </summary>
    Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken);

    /// <summary>Presigned PUT addresses for a number of parts, from the given one on, until the expiry.</summary>
    Task<IReadOnlyList<Uri>> PresignAsync(
        ObjectUpload upload,
        int first,
        int count,
        TimeSpan expiry,
        CancellationToken cancellationToken
    );

    /// <summary>Gives up this upload, and no other one of its key. Idempotent. A completed object stays.</summary>
    Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken);

    /// <summary>Gives up all uploads of a key.</summary>
    Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken);
}
