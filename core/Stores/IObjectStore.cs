namespace Trainyard.Core.Stores;

/// <summary>
/// The user's buckets behind one set of credentials. Every failure is an <see cref="ObjectStoreException"/> whose
/// kind says whether trying again can help. Messages never contain credentials.
/// </summary>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>Throws unless the bucket exists and can be listed with these credentials.</summary>
    Task ProbeAsync(string bucket, CancellationToken cancellationToken);

    /// <summary>A page of at most <paramref name="limit"/> (1 to 1,000) objects below a prefix, in the store's order.</summary>
    Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>A range of an object, to its end when <paramref name="length"/> is null.</summary>
    Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    );

    /// <summary>A presigned address for reading the object until the expiry; null when this store has none.</summary>
    Task<Uri?> PresignReadAsync(string bucket, string key, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>
    /// Starts writing an object of a known size, in parts of <see cref="ObjectUpload.PartBytes"/> (the last one shorter).
    /// Continues an unfinished upload of the same key, so that a writer that died before it kept the answer leaves no
    /// second one behind. An incomplete object is never visible: an object of one part may appear when that part is
    /// written, all others appear with <see cref="CompleteUploadAsync"/>. An upload of one part leaves nothing in the
    /// store before its part is written.
    /// </summary>
    Task<ObjectUpload> BeginUploadAsync(string bucket, string key, long size, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a part, numbered from 0. A part may be written again, and the last one counts. A part that is repeated after
    /// the object was completed changes nothing.
    /// </summary>
    Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    );

    /// <summary>Presigned multipart uploads; null when this store has none.</summary>
    IPresignedUploads? PresignedUploads => null;

    /// <summary>
    /// Makes the object visible and verifies its stored size and checksum against the receipts. Idempotent. With null
    /// receipts it gives the upload up and leaves nothing behind, but a completed object of several parts stays.
    /// </summary>
    Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    );
}

/// <summary>An object in a list; the checksum is the store's own (an ETag), null when it gives none.</summary>
public sealed record StoredObject(string Key, long Bytes, string? Checksum);

/// <summary>A page of objects and where the next one starts, null on the last.</summary>
public sealed record ObjectPage(IReadOnlyList<StoredObject> Objects, string? Continuation);

/// <summary>An upload under way. Serializable: parts may be written by other processes than the one that began it.</summary>
public sealed record ObjectUpload
{
    public required string Bucket { get; init; }

    public required string Key { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Size of every part but the last, in bytes.</summary>
    public required long PartBytes { get; init; }

    /// <summary>The store's own id of a multipart upload; null where the object is one part.</summary>
    public string? UploadId { get; init; }

    /// <summary>How many parts there are; an empty object has one, of 0 bytes.</summary>
    public int Parts => (int)Math.Max(1, (Bytes + PartBytes - 1) / PartBytes);

    /// <summary>The length of a part in bytes.</summary>
    public long LengthOf(int part) => Math.Min(PartBytes, Bytes - (part * PartBytes));
}

/// <summary>What a store said of a part: its own checksum (an ETag) and our MD5, both lower-case hex.</summary>
public sealed record PartReceipt(int Part, long Bytes, string Checksum, string Md5);
