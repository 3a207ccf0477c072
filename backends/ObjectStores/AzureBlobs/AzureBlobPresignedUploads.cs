using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>Block uploads by addresses whose shared access signature only writes this one blob and expires.</summary>
internal sealed class AzureBlobPresignedUploads(BlobServiceClient client, TimeProvider time, long partBytes)
    : IPresignedUploads
{
    public bool AnswersWithETags => false;

    public Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken) =>
        AzureBlobObjectStore.CallAsync(
            Naming(bucket, key),
            async token =>
            {
                var container = client.GetBlobContainerClient(bucket);
                var upload = await AzureBlobUpload.BeginAsync(container, key, size, partBytes, token);
                return upload.UploadId is null ? upload : upload with { UploadId = StraightUploadId.New() };
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Uri>> PresignAsync(
        ObjectUpload upload,
        int first,
        int count,
        TimeSpan expiry,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, upload.Parts - first);
        var blob = client.GetBlobContainerClient(upload.Bucket).GetBlobClient(upload.Key);
        var address = blob.GenerateSasUri(BlobSasPermissions.Write, time.GetUtcNow() + expiry).AbsoluteUri;
        var name = StraightUploadId.NameOf(upload)!;
        return Task.FromResult<IReadOnlyList<Uri>>([
            .. Enumerable
                .Range(first, count)
                .Select(part => Uri.EscapeDataString(AzureBlobUpload.BlockId(part, name)))
                .Select(block => new Uri($"{address}&comp=block&blockid={block}")),
        ]);
    }

    public Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken) =>
        AzureBlobObjectStore.CallAsync(
            Naming(upload.Bucket, upload.Key),
            _ => UploadOf(upload).GiveUpAsync(),
            CancellationToken.None
        );

    public Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken) =>
        AzureBlobObjectStore.CallAsync(
            Naming(bucket, key),
            _ => UploadOf(AzureBlobUpload.AnyOf(bucket, key)).GiveUpAsync(),
            CancellationToken.None
        );

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    private AzureBlobUpload UploadOf(ObjectUpload upload) => AzureBlobUpload.Of(client, upload);
}
