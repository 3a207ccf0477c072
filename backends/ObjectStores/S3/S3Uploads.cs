using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Uploads: one PUT for content that fits into one part, otherwise a multipart upload.</summary>
internal sealed class S3Uploads(long partBytes)
{
    private static readonly TimeSpan GiveUpTimeout = TimeSpan.FromSeconds(30);

    public async Task<ObjectUpload> BeginAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    )
    {
        var upload = Plan(bucket, key, size);
        if (upload.Parts == 1)
        {
            return upload;
        }
        var underWay = await FindUnderWayAsync(client, bucket, key, cancellationToken);
        return upload with { UploadId = underWay ?? await InitiateAsync(client, bucket, key, cancellationToken) };
    }

    /// <summary>Begins an upload without resuming an unfinished one of the same key.</summary>
    public async Task<ObjectUpload> BeginNewAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    )
    {
        var upload = Plan(bucket, key, size);
        return upload.Parts == 1
            ? upload
            : upload with
            {
                UploadId = await InitiateAsync(client, bucket, key, cancellationToken),
            };
    }

    private ObjectUpload Plan(string bucket, string key, long size) =>
        new()
        {
            Bucket = bucket,
            Key = key,
            Bytes = size,
            PartBytes = PartSize.For(size, partBytes),
        };

    public static async Task<PartReceipt> WritePartAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, upload.Parts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, upload.LengthOf(part));
        await using var prepared = await PartContent.PrepareAsync(content, length, cancellationToken);
        var etag = upload.UploadId is null
            ? await PutAsync(client, upload, prepared, cancellationToken)
            : await PutPartAsync(client, upload, part, prepared, cancellationToken);
        return new PartReceipt(part, length, ETag.Plain(etag), prepared.Md5Hex);
    }

    public static async Task<StoredObject?> CompleteAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        IReadOnlyList<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        receipts = [.. receipts.OrderBy(receipt => receipt.Part)];
        if (!receipts.Select(receipt => receipt.Part).SequenceEqual(Enumerable.Range(0, upload.Parts)))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"{receipts.Count} of {upload.Parts} parts of '{upload.Key}' were written."
            );
        }
        if (upload.UploadId is null && receipts[0].Checksum == receipts[0].Md5)
        {
            // The store's answer to the single PUT already confirmed the content.
            return new StoredObject(upload.Key, upload.Bytes, receipts[0].Checksum);
        }
        var etag = upload.UploadId is null
            ? receipts[0].Checksum
            : await JoinAsync(client, upload, receipts, cancellationToken);
        var stored = await VerifyAsync(client, upload, receipts, etag, cancellationToken);
        if (upload.UploadId is not null)
        {
            await GiveUpOthersAsync(client, upload, cancellationToken);
        }
        return stored;
    }

    public static async Task<StoredObject?> GiveUpAsync(AmazonS3Client client, ObjectUpload upload)
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        if (upload.UploadId is null)
        {
            await client.DeleteObjectAsync(upload.Bucket, upload.Key, timeout.Token);
            return null;
        }

        await AbortAsync(client, upload.Bucket, upload.Key, upload.UploadId, timeout.Token);
        await GiveUpOthersAsync(client, upload, timeout.Token);
        return null;
    }

    /// <summary>Gives up one multipart upload, but no other upload of its key.</summary>
    public static async Task<bool> GiveUpThisAsync(AmazonS3Client client, ObjectUpload upload)
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        await AbortAsync(client, upload.Bucket, upload.Key, upload.UploadId!, timeout.Token);
        return true;
    }

    /// <summary>Gives up all visible multipart uploads of a key.</summary>
    public static async Task<bool> GiveUpAllAsync(AmazonS3Client client, string bucket, string key)
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        foreach (var upload in await FindAllUnderWayAsync(client, bucket, key, timeout.Token))
        {
            await AbortAsync(client, bucket, key, upload, timeout.Token);
        }
        return true;
    }

    // A begin whose answer got lost leaves an unknown upload, whose parts would cost the user money for ever.
    private static async Task GiveUpOthersAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        CancellationToken cancellationToken
    )
    {
        foreach (var other in await FindAllUnderWayAsync(client, upload.Bucket, upload.Key, cancellationToken))
        {
            if (other != upload.UploadId)
            {
                await AbortAsync(client, upload.Bucket, upload.Key, other, cancellationToken);
            }
        }
    }

    private static async Task AbortAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        string uploadId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, uploadId, cancellationToken);
        }
        catch (AmazonS3Exception e) when (S3Errors.IsNoSuchUpload(e) || S3Errors.IsNoSuchKey(e))
        {
            // The upload was given up before, or completed: some servers then answer that there is no such key.
        }
    }

    private static async Task<string> InitiateAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        CancellationToken cancellationToken
    )
    {
        var request = new InitiateMultipartUploadRequest { BucketName = bucket, Key = key };
        return (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
    }

    // Picks the oldest, so that two concurrent begins agree on one upload from the next call on.
    private static async Task<string?> FindUnderWayAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        CancellationToken cancellationToken
    ) => await FindAllUnderWayAsync(client, bucket, key, cancellationToken) is [var oldest, ..] ? oldest : null;

    private static async Task<IReadOnlyList<string>> FindAllUnderWayAsync(
        AmazonS3Client client,
        string bucket,
        string key,
        CancellationToken cancellationToken
    )
    {
        var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = key };
        try
        {
            var uploads = (await client.ListMultipartUploadsAsync(request, cancellationToken)).MultipartUploads ?? [];
            return
            [
                .. uploads
                    .Where(upload => upload.Key == key)
                    .OrderBy(upload => upload.Initiated)
                    .ThenBy(upload => upload.UploadId, StringComparer.Ordinal)
                    .Select(upload => upload.UploadId),
            ];
        }
        catch (AmazonS3Exception e) when (S3Errors.IsNotForUs(e))
        {
            // Listing uploads needs a separate permission, and some servers cannot list them.
            return [];
        }
    }

    private static async Task<string> PutAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        PartContent content,
        CancellationToken cancellationToken
    )
    {
        var request = new PutObjectRequest
        {
            BucketName = upload.Bucket,
            Key = upload.Key,
            InputStream = content.Stream,
            MD5Digest = content.Md5Base64,
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        return (await client.PutObjectAsync(request, cancellationToken)).ETag;
    }

    private static async Task<string> PutPartAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        int part,
        PartContent content,
        CancellationToken cancellationToken
    )
    {
        var request = new UploadPartRequest
        {
            BucketName = upload.Bucket,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartNumber = part + 1,
            PartSize = content.Stream.Length,
            InputStream = content.Stream,
            MD5Digest = content.Md5Base64,
            UseChunkEncoding = false,
        };
        return (await client.UploadPartAsync(request, cancellationToken)).ETag;
    }

    // Null when the upload no longer exists: it was completed before, or given up.
    private static async Task<string?> JoinAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        IReadOnlyList<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = upload.Bucket,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartETags = [.. receipts.Select(receipt => new PartETag(receipt.Part + 1, receipt.Checksum))],
        };
        try
        {
            return ETag.Plain((await client.CompleteMultipartUploadAsync(request, cancellationToken)).ETag);
        }
        catch (AmazonS3Exception e) when (S3Errors.IsNoSuchUpload(e))
        {
            return null;
        }
    }

    private static async Task<StoredObject> VerifyAsync(
        AmazonS3Client client,
        ObjectUpload upload,
        IReadOnlyList<PartReceipt> receipts,
        string? etag,
        CancellationToken cancellationToken
    )
    {
        var head = await client.GetObjectMetadataAsync(upload.Bucket, upload.Key, cancellationToken);
        var stored = new StoredObject(upload.Key, head.ContentLength, ETag.Plain(head.ETag));
        var isWhole = stored.Bytes == upload.Bytes && IsExpected(stored.Checksum!, upload, receipts, etag);
        return isWhole
            ? stored
            : throw new ObjectStoreException(
                ObjectStoreFailure.Corrupt,
                $"What the store holds of '{upload.Key}' is not what was sent."
            );
    }

    private static bool IsExpected(string found, ObjectUpload upload, IReadOnlyList<PartReceipt> receipts, string? etag)
    {
        if (found == etag || (upload.UploadId is not null && found == ETag.OfParts(receipts)))
        {
            return true;
        }
        // With encryption, ETags are not MD5s, so a repeated call can only check the size;
        // the server checked each part against its MD5 when it arrived.
        return etag is null && receipts.Any(receipt => receipt.Checksum != receipt.Md5);
    }
}
