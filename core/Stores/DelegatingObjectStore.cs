namespace Trainyard.Core.Stores;

/// <summary>Hands every call on to another store; a derived class overrides those that it changes.</summary>
public abstract class DelegatingObjectStore(IObjectStore inner) : IObjectStore
{
    public virtual IPresignedUploads? PresignedUploads => inner.PresignedUploads;

    public virtual Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        inner.ProbeAsync(bucket, cancellationToken);

    public virtual Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    ) => inner.ListAsync(bucket, prefix, continuation, limit, cancellationToken);

    public virtual Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    ) => inner.OpenReadAsync(bucket, key, offset, length, cancellationToken);

    public virtual Task<Uri?> PresignReadAsync(
        string bucket,
        string key,
        TimeSpan expiry,
        CancellationToken cancellationToken
    ) => inner.PresignReadAsync(bucket, key, expiry, cancellationToken);

    public virtual Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) => inner.BeginUploadAsync(bucket, key, size, cancellationToken);

    public virtual Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) => inner.WritePartAsync(upload, part, content, length, cancellationToken);

    public virtual Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) => inner.CompleteUploadAsync(upload, receipts, cancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
