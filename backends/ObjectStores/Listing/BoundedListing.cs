using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Listing;

/// <summary>
/// Wraps a store so that every listing ends and its numbers are possible: a page that leads back to an earlier one, too
/// many empty pages, more pages than a bucket can have, and objects of a size that none can have count as the store's
/// fault.
/// </summary>
internal sealed class BoundedListing(IObjectStore inner) : DelegatingObjectStore(inner)
{
    /// <summary>The most pages: 50 million objects at the service's 500 objects per page.</summary>
    public const int MostPages = 100_000;

    /// <summary>The most empty pages in a row; stores return some where many objects were deleted.</summary>
    public const int MostEmptyPages = 1000;

    /// <summary>1 PiB, more than any store takes; the sum of many such sizes is still a number.</summary>
    public const long MostObjectBytes = 1L << 50;

    public override async Task<ObjectPage> ListAsync(
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
        var page = await base.ListAsync(bucket, prefix, cursor?.Token, limit, cancellationToken);
        if (page.Objects.FirstOrDefault(o => o.Bytes is < 0 or > MostObjectBytes) is { } impossible)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"The store lists '{StoreText.Clean(impossible.Key)}' of bucket '{bucket}' with {impossible.Bytes} bytes, which no object can have."
            );
        }
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

    private static ObjectStoreException Endless(string bucket, string what) =>
        new(ObjectStoreFailure.Invalid, $"The store's list of bucket '{bucket}' has no end: {what}.");
}
