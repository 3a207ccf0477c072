namespace Trainyard.Core.Stores;

/// <summary>
/// Uploads whose parts are written without credentials, at addresses that expire.
/// <see cref="IObjectStore.CompleteUploadAsync"/> completes them. The header <c>ETag</c> of the answer to a part is the
/// checksum of its receipt.
/// </summary>
public interface IPresignedUploads
{
    /// <summary>Whether the store checks a part's MD5 in the header <c>ETag</c>, in hex, besides <c>Content-MD5</c>.</summary>
    bool ChecksETags => false;

    /// <summary>
    /// Whether the answer to a part has an <c>ETag</c>. A store that gives none refuses a part whose <c>Content-MD5</c> is
    /// wrong, and the MD5 is the checksum of its receipt.
    /// </summary>
    bool AnswersWithETags => true;

    /// <summary>
    /// Starts a new upload, independent of other uploads of the key. It has no id when the object is one part, or when the
    /// store gives no addresses for it.
    /// </summary>
    Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken);

    /// <summary>The addresses to PUT this number of parts, beginning with the given one, until the expiry.</summary>
    Task<IReadOnlyList<Uri>> PresignAsync(
        ObjectUpload upload,
        int first,
        int count,
        TimeSpan expiry,
        CancellationToken cancellationToken
    );

    /// <summary>Aborts this upload and no other of its key. Idempotent. A completed object stays.</summary>
    Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken);

    /// <summary>Aborts all uploads of a key.</summary>
    Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken);
}
