using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Uploads: one PUT for what fits into one part, a multipart upload for the rest.</summary>
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

    /// <summary>The same, but goes on with no other one.</summary>
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
            // The answer to the one PUT was the store's own word on what it holds.
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

    /// <summary>Gives a multipart upload up, and no other one of its key.</summary>
    public static async Task<bool> GiveUpThisAsync(AmazonS3Client client, ObjectUpload upload)
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        await AbortAsync(client, upload.Bucket, upload.Key, upload.UploadId!, timeout.Token);
        return true;
    }

    /// <summary>Gives up all multipart uploads of a key that can be seen.</summary>
    public static async Task<bool> GiveUpAllAsync(AmazonS3Client client, string bucket, string key)
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        foreach (var upload in await FindAllUnderWayAsync(client, bucket, key, timeout.Token))
        {
            await AbortAsync(client, bucket, key, upload, timeout.Token);
        }
        return true;
    }

    // A begin whose answer was lost on its way left an upload that nobody knows: its parts would cost the user for ever.
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
            // Given up before, or completed: some servers then say that there is no such key.
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

    // The oldest, so that two that begin at once agree from the next time on.
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
            // To see uploads takes a permission of its own, and some servers have no such list.
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

    // Null when the upload is not there any more: it was joined before, or given up.
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
        // Where encryption makes tags something else than MD5s, a repeated call has only the size to go by;
        // each part was checked against its MD5 by the server when it arrived.
        return etag is null && receipts.Any(receipt => receipt.Checksum != receipt.Md5);
    }
}
