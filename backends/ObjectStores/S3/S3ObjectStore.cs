using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Buckets of any server that speaks S3.</summary>
internal sealed class S3ObjectStore(AmazonS3Client client, bool usesHttps, long partBytes) : IObjectStore
{
    private readonly S3Uploads uploads = new(client, partBytes);

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
        var request = new ListObjectsV2Request
        {
            BucketName = bucket,
            Prefix = prefix,
            ContinuationToken = continuation,
            MaxKeys = limit,
        };
        return S3Errors.MapAsync(
            $"bucket '{bucket}'",
            async token => PageOf(await client.ListObjectsV2Async(request, token)),
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
        if (length is 0)
            return Task.FromResult(Stream.Null);
        var request = new GetObjectRequest
        {
            BucketName = bucket,
            Key = key,
            ByteRange = RangeOf(offset, length),
        };
        return S3Errors.MapAsync(Naming(bucket, key), token => GetAsync(request, token), cancellationToken);
    }

    public Task<Uri?> PresignReadAsync(string bucket, string key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = usesHttps ? Protocol.HTTPS : Protocol.HTTP,
            Expires = DateTime.UtcNow + expiry,
        };
        return S3Errors.MapAsync<Uri?>(
            Naming(bucket, key),
            async _ => new Uri(await client.GetPreSignedURLAsync(request)),
            cancellationToken
        );
    }

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) =>
        S3Errors.MapAsync(
            Naming(bucket, key),
            token => uploads.BeginAsync(bucket, key, size, token),
            cancellationToken
        );

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) =>
        S3Errors.MapAsync(
            Naming(upload.Bucket, upload.Key),
            token => uploads.WritePartAsync(upload, part, content, length, token),
            cancellationToken
        );

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) =>
        // An upload that is given up because of a cancel must not be cut short by that same cancel: it would leave its parts.
        receipts is null
            ? S3Errors.MapAsync(
                Naming(upload.Bucket, upload.Key),
                _ => uploads.GiveUpAsync(upload),
                CancellationToken.None
            )
            : S3Errors.MapAsync(
                Naming(upload.Bucket, upload.Key),
                token => uploads.CompleteAsync(upload, receipts, token),
                cancellationToken
            );

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    private static ObjectPage PageOf(ListObjectsV2Response response) =>
        new(
            [.. (response.S3Objects ?? []).Select(o => new StoredObject(o.Key, o.Size ?? 0, ETag.Plain(o.ETag)))],
            response.IsTruncated is true ? response.NextContinuationToken : null
        );

    private static ByteRange? RangeOf(long offset, long? length) =>
        length is { } count ? new ByteRange(offset, offset + count - 1)
        : offset > 0 ? new ByteRange($"bytes={offset}-")
        : null;

    private async Task<Stream> GetAsync(GetObjectRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return new S3ReadStream(
                await client.GetObjectAsync(request, cancellationToken),
                Naming(request.BucketName, request.Key)
            );
        }
        catch (AmazonS3Exception e) when (S3Errors.IsRangeBehindEnd(e))
        {
            return Stream.Null;
        }
    }
}
