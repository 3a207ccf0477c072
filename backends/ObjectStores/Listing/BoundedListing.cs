using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Listing;

/// <summary>
/// Wraps a store so that every listing ends: a page that leads back to an earlier one, too many empty pages, or more
/// pages than a bucket can have count as the store's fault.
/// </summary>
internal sealed class BoundedListing(IObjectStore inner) : IObjectStore
{
    /// <summary>The most pages: 50 million objects at the service's 500 objects per page.</summary>
    public const int MostPages = 100_000;

    /// <summary>The most empty pages in a row; stores return some where many objects were deleted.</summary>
    public const int MostEmptyPages = 1000;

    public async Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var cursor = ListingCursor.Parse(continuation);
        if (continuation is not null && cursor is null)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"This is no place in a list of bucket '{bucket}'."
            );
        }
        var page = await inner.ListAsync(bucket, prefix, cursor?.Token, limit, cancellationToken);
        if (page.Continuation is not { } token)
        {
            return page;
        }
        var next = ListingCursor.After(cursor, token, page.Objects.Count == 0);
        if (cursor?.IsRepeatedBy(token) == true)
        {
            throw Endless(bucket, "a page leads back to an earlier one");
        }
        if (next.EmptyPages > MostEmptyPages)
        {
            throw Endless(bucket, $"more than {MostEmptyPages} pages in a row are empty");
        }
        if (next.Page > MostPages)
        {
            throw Endless(bucket, $"there are more than {MostPages} pages");
        }
        return page with { Continuation = next.ToString() };
    }

    public Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        inner.ProbeAsync(bucket, cancellationToken);

    public Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    ) => inner.OpenReadAsync(bucket, key, offset, length, cancellationToken);

    public Task<Uri?> PresignReadAsync(
        string bucket,
        string key,
        TimeSpan expiry,
        CancellationToken cancellationToken
    ) => inner.PresignReadAsync(bucket, key, expiry, cancellationToken);

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) => inner.BeginUploadAsync(bucket, key, size, cancellationToken);

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) => inner.WritePartAsync(upload, part, content, length, cancellationToken);

    public IPresignedUploads? PresignedUploads => inner.PresignedUploads;

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) => inner.CompleteUploadAsync(upload, receipts, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static ObjectStoreException Endless(string bucket, string what) =>
        new(ObjectStoreFailure.Invalid, $"The store's list of bucket '{bucket}' has no end: {what}.");
}
