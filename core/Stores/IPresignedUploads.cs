namespace Trainyard.Core.Stores;

/// <summary>
/// Uploads in parts that somebody without credentials writes, at addresses that expire. They are completed as all others are, by
/// <see cref="IObjectStore.CompleteUploadAsync"/>; what a store says of a part in the header <c>ETag</c> is the checksum of its receipt.
/// </summary>
public interface IPresignedUploads
{
    /// <summary>A new upload, whatever else is under way for the key; without an id where the object is one part.</summary>
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
