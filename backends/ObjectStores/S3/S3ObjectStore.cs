using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Buckets of any S3-compatible server.</summary>
internal sealed class S3ObjectStore(S3Connection connection, Uri? endpoint, long partBytes) : IObjectStore
{
    private readonly S3Uploads _uploads = new(partBytes);
    private readonly S3Listing _listing = new();

    public async Task ProbeAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await ListAsync(bucket, "", null, 1, cancellationToken);
        }
        catch (ObjectStoreException e)
        {
            throw EndpointRules.Explain(e, endpoint);
        }
    }

    public async Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var request = new ListObjectsV2Request
        {
            BucketName = bucket,
            Prefix = prefix,
            ContinuationToken = continuation,
            MaxKeys = limit,
        };
        try
        {
            return await connection.CallAsync(
                $"bucket '{bucket}'",
                async (client, token) => PageOf(bucket, await _listing.ListAsync(client, request, token)),
                cancellationToken
            );
        }
        catch (ObjectStoreException e)
        {
            throw EndpointRules.ExplainList(e, endpoint, bucket);
        }
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
        if (length is 0)
        {
            return Task.FromResult(Stream.Null);
        }
        var request = new GetObjectRequest
        {
            BucketName = bucket,
            Key = key,
            ByteRange = RangeOf(offset, length),
        };
        return connection.CallAsync(
            Naming(bucket, key),
            (client, token) => GetAsync(client, request, token),
            cancellationToken,
            isContent: true
        );
    }

    public Task<Uri?> PresignReadAsync(string bucket, string key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        if (connection.Presigner is { } presigner)
        {
            return Task.FromResult<Uri?>(presigner.Sign(bucket, key, expiry, connection.StoreTime));
        }
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = AddressProtocol,
            Expires = DateTime.UtcNow + expiry,
        };
        return connection.CallAsync<Uri?>(
            Naming(bucket, key),
            async (client, _) =>
                new Uri(await client.GetPreSignedURLAsync(RequesterPayment.AddIf(connection.RequesterPays, request))),
            cancellationToken
        );
    }

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) =>
        connection.CallAsync(
            Naming(bucket, key),
            (client, token) => _uploads.BeginAsync(client, bucket, key, size, token),
            cancellationToken
        );

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) =>
        connection.CallAsync(
            Naming(upload.Bucket, upload.Key),
            (client, token) => S3Uploads.WritePartAsync(client, upload, part, content, length, token),
            cancellationToken
        );

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) =>
        // Ignores the token: an upload is often given up because of a cancellation, which must not keep its parts
        // alive.
        receipts is null
            ? connection.CallAsync(
                Naming(upload.Bucket, upload.Key),
                (client, _) => S3Uploads.GiveUpAsync(client, upload),
                CancellationToken.None
            )
            : connection.CallAsync(
                Naming(upload.Bucket, upload.Key),
                (client, token) => S3Uploads.CompleteAsync(client, upload, receipts, token),
                cancellationToken
            );

    public IPresignedUploads PresignedUploads => new S3PresignedUploads(connection, _uploads, AddressProtocol);

    private Protocol AddressProtocol => endpoint?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS;

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    private static ObjectPage PageOf(string bucket, ListObjectsV2Response response) =>
        IsList(response)
            ? new(
                [.. (response.S3Objects ?? []).Select(o => new StoredObject(o.Key, o.Size ?? 0, ETag.Plain(o.ETag)))],
                response.IsTruncated is true ? response.NextContinuationToken : null
            )
            : throw StoreErrors.NotAList(bucket);

    // The library reads any document, and takes what it does not know for a list of nothing.
    private static bool IsList(ListObjectsV2Response response) =>
        response.IsTruncated is not null
        || response.KeyCount is not null
        || response.MaxKeys is not null
        || response.Name is not null
        || response.S3Objects is { Count: > 0 };

    private static ByteRange? RangeOf(long offset, long? length) =>
        length is { } count ? new ByteRange(offset, offset + count - 1)
        : offset > 0 ? new ByteRange($"bytes={offset}-")
        : null;

    private static async Task<Stream> GetAsync(
        AmazonS3Client client,
        GetObjectRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var response = await client.GetObjectAsync(request, cancellationToken);
            return new StoreReadStream(response.ResponseStream, response, Naming(request.BucketName, request.Key));
        }
        catch (AmazonS3Exception e) when (S3Errors.IsRangeBehindEnd(e))
        {
            return Stream.Null;
        }
    }
}
