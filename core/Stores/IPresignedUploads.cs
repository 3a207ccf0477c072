namespace Trainyard.Core.Stores;

/// <summary>
/// Uploads in parts that somebody without credentials writes, at addresses that expire. They are completed as all others are, by
/// <see cref="IObjectStore.CompleteUploadAsync"/>; what a store says of a part in the header <c>ETag</c> is the checksum of its receipt.
/// </summary>
public interface IPresignedUploads
{
    /// <summary>Whether a part's MD5 is to be sent as <c>ETag</c>, in hex, and not only as <c>Content-MD5</c>, for the store to check.</summary>
    bool ChecksETags => false;

    /// <summary>
    /// Whether the answer to a part has an <c>ETag</c>. Where it has none, the store takes no part whose <c>Content-MD5</c> is
    /// wrong, and that is the checksum of its receipt.
    /// </summary>
    bool AnswersWithETags => true;

    /// <summary>
    /// A new upload, whatever else is under way for the key; without an id where the object is one part, or the store has no
    /// addresses for this one.
    /// </summary>
    Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken);

    /// <summary>Where so many parts can be PUT until the expiry, from the given one on.</summary>
    Task<IReadOnlyList<Uri>> PresignAsync(
        ObjectUpload upload,
        int first,
        int count,
        TimeSpan expiry,
        CancellationToken cancellationToken
    );

    /// <summary>Gives this upload up, and no other one of its key; repeatable. What was completed before stays.</summary>
    Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken);

    /// <summary>Gives up all uploads of a key.</summary>
    Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken);
}
