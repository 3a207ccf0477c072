namespace Trainyard.Core.Stores;

/// <summary>
/// Multipart uploads by clients without credentials, at presigned addresses that expire.
/// <see cref="IObjectStore.CompleteUploadAsync"/> completes them; the store's <c>ETag</c> header for a part is the
/// checksum of its receipt.
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
