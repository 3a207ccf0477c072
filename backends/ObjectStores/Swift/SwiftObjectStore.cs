using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Containers of OpenStack Swift.</summary>
internal sealed class SwiftObjectStore(SwiftSession session, SwiftAddresses addresses, long partBytes) : IObjectStore
{
    private readonly SwiftListing _listing = new(session);

    public Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        ListAsync(bucket, "", null, 1, cancellationToken);

    public Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return OnBucketAsync(
            bucket,
            token => _listing.ListAsync(bucket, prefix, continuation, limit, token),
            cancellationToken
        );
    }

    public Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return length is 0
            ? Task.FromResult(Stream.Null)
            : StoreErrors.MapAsync(
                Naming(bucket, key),
                SwiftError.AnswerOf,
                token => GetAsync(bucket, key, offset, length, token),
                cancellationToken,
                isContent: true
            );
    }

    public Task<Uri?> PresignReadAsync(
        string bucket,
        string key,
        TimeSpan expiry,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            Naming(bucket, key),
            token => addresses.SignAsync(HttpMethod.Get, bucket, key, expiry, token),
            cancellationToken
        );

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) =>
        OnBucketAsync(
            bucket,
            async token => await SwiftUpload.BeginAsync(session, await PlanAsync(bucket, key, size, token), token),
            cancellationToken
        );

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) =>
        // When a PUT answers "not found", the container is what is missing.
        OnBucketAsync(
            upload.Bucket,
            token => new SwiftUpload(session, upload).WritePartAsync(part, content, length, token),
            cancellationToken
        );

    public IPresignedUploads PresignedUploads => new SwiftPresignedUploads(session, addresses, PlanAsync);

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) =>
        // Ignores the token: an upload is often given up because of a cancellation, which must not keep its parts
        // alive.
        receipts is null
            ? CallAsync(
                Naming(upload.Bucket, upload.Key),
                _ => new SwiftUpload(session, upload).GiveUpAsync(),
                CancellationToken.None
            )
            : CallAsync<StoredObject?>(
                Naming(upload.Bucket, upload.Key),
                async token => await new SwiftUpload(session, upload).CompleteAsync(receipts, token),
                cancellationToken
            );

    public ValueTask DisposeAsync()
    {
        addresses.Dispose();
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    internal static Task<T> CallAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) => StoreErrors.MapAsync(what, SwiftError.AnswerOf, work, cancellationToken);

    // Swift answers only "not found", whatever is missing; calls on a bucket map it to the bucket.
    internal static Task<T> OnBucketAsync<T>(
        string bucket,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) =>
        StoreErrors.MapAsync(
            $"bucket '{bucket}'",
            SwiftError.AnswerOf,
            work,
            cancellationToken,
            missing: ObjectStoreFailure.BucketNotFound
        );

    private async Task<ObjectUpload> PlanAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    )
    {
        var plan = new ObjectUpload
        {
            Bucket = bucket,
            Key = key,
            Bytes = size,
            PartBytes = PartSize.For(size, partBytes),
        };
        if (plan.Parts == 1)
        {
            return plan;
        }
        var abilities = await addresses.AbilitiesAsync(cancellationToken);
        var fitting = plan with { PartBytes = PartSize.For(size, partBytes, abilities.MostSegments) };
        return fitting.PartBytes <= abilities.LargestSegment
            ? fitting
            : throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"The store takes no object of {size} bytes: at most {abilities.MostSegments} segments of {abilities.LargestSegment} bytes each."
            );
    }

    private async Task<Stream> GetAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var response = await session.SendAsync(
                HttpMethod.Get,
                SwiftPath.Of(bucket, key),
                request =>
                    request.Headers.Range = offset == 0 && length is null ? null : new(offset, offset + length - 1),
                cancellationToken
            );
            var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new StoreReadStream(content, response, Naming(bucket, key));
        }
        catch (SwiftError e) when ((int)e.Status is 416)
        {
            return Stream.Null;
        }
    }
}
