using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>Containers of a storage account on Azure, by its key or by a shared access signature.</summary>
internal sealed class AzureBlobObjectStore(BlobServiceClient client, TimeProvider time, long partBytes) : IObjectStore
{
    // Accounts with a hierarchical namespace list a folder as an empty blob with this metadata.
    private const string FolderMark = "hdi_isfolder";

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
        return CallAsync(
            $"bucket '{bucket}'",
            async token =>
            {
                var options = new GetBlobsOptions { Prefix = prefix, Traits = BlobTraits.Metadata };
                var pages = Container(bucket).GetBlobsAsync(options, token).AsPages(continuation, limit);
                await foreach (var page in pages)
                {
                    return PageOf(page);
                }
                return new ObjectPage([], null);
            },
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
        {
            return Task.FromResult(Stream.Null);
        }
        return CallAsync(
            Naming(bucket, key),
            token => GetAsync(Blob(bucket, key), offset, length, Naming(bucket, key), token),
            cancellationToken,
            isContent: true
        );
    }

    // The user's own shared access signature is never handed to nodes: it may permit more than this read, for longer.
    public Task<Uri?> PresignReadAsync(string bucket, string key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var blob = Blob(bucket, key);
        return Task.FromResult(
            blob.CanGenerateSasUri ? blob.GenerateSasUri(BlobSasPermissions.Read, time.GetUtcNow() + expiry) : null
        );
    }

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            Naming(bucket, key),
            token => AzureBlobUpload.BeginAsync(Container(bucket), key, size, partBytes, token),
            cancellationToken
        );

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            Naming(upload.Bucket, upload.Key),
            token => UploadOf(upload).WritePartAsync(part, content, length, token),
            cancellationToken
        );

    // A shared access signature cannot sign others; only the account key can.
    public IPresignedUploads? PresignedUploads =>
        client.CanGenerateAccountSasUri ? new AzureBlobPresignedUploads(client, time, partBytes) : null;

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) =>
        // Ignores the token: an upload is often given up because of a cancellation, which must not keep its parts
        // alive.
        receipts is null
            ? CallAsync(Naming(upload.Bucket, upload.Key), _ => UploadOf(upload).GiveUpAsync(), CancellationToken.None)
            : CallAsync<StoredObject?>(
                Naming(upload.Bucket, upload.Key),
                async token => await UploadOf(upload).CompleteAsync(receipts, token),
                cancellationToken
            );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    internal static Task<T> CallAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken,
        bool isContent = false
    ) => StoreErrors.MapAsync(what, AzureBlobErrors.AnswerOf, work, cancellationToken, isContent);

    private static ObjectPage PageOf(Page<BlobItem> page) =>
        new(
            [
                .. page
                    .Values.Where(blob => !IsFolder(blob))
                    .Select(blob => new StoredObject(
                        blob.Name,
                        blob.Properties.ContentLength ?? 0,
                        blob.Properties.ETag?.ToString().Trim('"')
                    )),
            ],
            string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken
        );

    private static bool IsFolder(BlobItem blob) =>
        blob.Metadata?.TryGetValue(FolderMark, out var value) == true
        && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    private static async Task<Stream> GetAsync(
        BlockBlobClient blob,
        long offset,
        long? length,
        string what,
        CancellationToken cancellationToken
    )
    {
        var options = new BlobDownloadOptions
        {
            Range = offset == 0 && length is null ? default : new HttpRange(offset, length),
        };
        try
        {
            var content = (await blob.DownloadStreamingAsync(options, cancellationToken)).Value;
            return new StoreReadStream(content.Content, content, what);
        }
        catch (RequestFailedException e) when (AzureBlobErrors.IsRangeBehindEnd(e))
        {
            return Stream.Null;
        }
    }

    private BlobContainerClient Container(string bucket) => client.GetBlobContainerClient(bucket);

    private BlockBlobClient Blob(string bucket, string key) => Container(bucket).GetBlockBlobClient(key);

    private AzureBlobUpload UploadOf(ObjectUpload upload) => AzureBlobUpload.Of(client, upload);
}
