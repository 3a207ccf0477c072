using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>
/// An upload: one Put Blob for content that fits into one part, otherwise blocks and a block list. A block's name is
/// its number and its content's MD5, which the server checks, so the list of names identifies the blob's content.
/// </summary>
internal sealed class AzureBlobUpload(BlockBlobClient blob, ObjectUpload upload)
{
    private const string InBlocks = "blocks";

    private static readonly TimeSpan GiveUpTimeout = TimeSpan.FromSeconds(30);

    public static AzureBlobUpload Of(BlobServiceClient client, ObjectUpload upload) =>
        new(client.GetBlobContainerClient(upload.Bucket).GetBlockBlobClient(upload.Key), upload);

    /// <summary>Stands for all uploads of a key.</summary>
    public static ObjectUpload AnyOf(string bucket, string key) =>
        new()
        {
            Bucket = bucket,
            Key = key,
            Bytes = 0,
            PartBytes = 1,
            UploadId = InBlocks,
        };

    public static async Task<ObjectUpload> BeginAsync(
        BlobContainerClient container,
        string key,
        long size,
        long partBytes,
        CancellationToken cancellationToken
    )
    {
        var upload = new ObjectUpload
        {
            Bucket = container.Name,
            Key = key,
            Bytes = size,
            PartBytes = PartSize.For(size, partBytes),
        };
        if (upload.Parts == 1)
        {
            return upload;
        }
        // Blocks need no begin request. This listing makes a missing container or missing access fail before the first
        // block.
        await foreach (
            var _ in container.GetBlobsAsync(new GetBlobsOptions { Prefix = key }, cancellationToken).AsPages(null, 1)
        )
        {
            break;
        }
        return upload with { UploadId = InBlocks };
    }

    public async Task<PartReceipt> WritePartAsync(
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
        var md5 = prepared.Md5Hex;
        if (upload.UploadId is null)
        {
            await PutAsync(prepared.Stream, length, cancellationToken);
        }
        else
        {
            await blob.StageBlockAsync(BlockId(part, md5), prepared.Stream, StagingWith(md5), cancellationToken);
        }
        return new PartReceipt(part, length, md5, md5);
    }

    public async Task<StoredObject> CompleteAsync(
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
        return upload.UploadId is null
            ? await VerifyAsync(receipts[0], cancellationToken)
            : await JoinAsync(receipts, cancellationToken);
    }

    public async Task<StoredObject?> GiveUpAsync()
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        if (upload.UploadId is null)
        {
            await blob.DeleteIfExistsAsync(cancellationToken: timeout.Token);
        }
        else if (!await blob.ExistsAsync(timeout.Token))
        {
            await DropBlocksAsync(timeout.Token);
        }
        // Azure drops uncommitted blocks beside an existing blob after a week.
        return null;
    }

    /// <param name="part">The block's number.</param>
    /// <param name="name">The content's MD5, or the common name of all parts of the upload.</param>
    public static string BlockId(int part, string name) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{part:D6}-{name}"));

    private string BlockId(PartReceipt receipt) =>
        BlockId(receipt.Part, StraightUploadId.NameOf(upload) ?? receipt.Md5);

    private static BlockBlobStageBlockOptions StagingWith(string md5) =>
        new()
        {
            TransferValidation = new()
            {
                ChecksumAlgorithm = StorageChecksumAlgorithm.MD5,
                PrecalculatedChecksum = Convert.FromHexString(md5),
            },
        };

    private Task PutAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
            // Sends the content in one request, whatever its size.
            TransferOptions = new StorageTransferOptions
            {
                InitialTransferSize = Math.Max(1, length),
                MaximumTransferSize = Math.Max(1, length),
            },
        };
        return blob.UploadAsync(content, options, cancellationToken);
    }

    private async Task<StoredObject> VerifyAsync(PartReceipt receipt, CancellationToken cancellationToken)
    {
        var found = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        var md5 = found.ContentHash is { Length: > 0 } hash ? Convert.ToHexStringLower(hash) : null;
        // Some emulators check the hash but do not store it.
        return found.ContentLength == upload.Bytes && (md5 ?? receipt.Md5) == receipt.Md5
            ? new StoredObject(upload.Key, upload.Bytes, receipt.Md5)
            : throw NotWhatWasSent();
    }

    // Repeatable: blocks that the blob already holds may be committed again.
    private async Task<StoredObject> JoinAsync(IReadOnlyList<PartReceipt> receipts, CancellationToken cancellationToken)
    {
        string[] blocks = [.. receipts.Select(BlockId)];
        await blob.CommitBlockListAsync(blocks, new CommitBlockListOptions(), cancellationToken);
        var found = (
            await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellationToken)
        ).Value;
        var isWhole =
            found.BlobContentLength == upload.Bytes
            && found.CommittedBlocks.Select(block => block.Name).SequenceEqual(blocks);
        return isWhole ? new StoredObject(upload.Key, upload.Bytes, TagOf(receipts)) : throw NotWhatWasSent();
    }

    // Azure has no request to drop blocks, so an empty blob is committed over them and deleted.
    private async Task DropBlocksAsync(CancellationToken cancellationToken)
    {
        try
        {
            var listed = await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellationToken);
            if (!listed.Value.UncommittedBlocks.Any() || IsOfOthersToo(listed.Value.UncommittedBlocks))
            {
                return;
            }
            var empty = await blob.CommitBlockListAsync([], new CommitBlockListOptions(), cancellationToken);
            await blob.DeleteIfExistsAsync(
                conditions: new BlobRequestConditions { IfMatch = empty.Value.ETag },
                cancellationToken: cancellationToken
            );
        }
        catch (RequestFailedException e) when (AzureBlobErrors.IsNotThere(e))
        {
            // No block was written, or the blocks are gone already.
        }
    }

    // Dropping blocks drops those of all uploads of the blob. While another upload has blocks, ours stay until that
    // upload commits or a week is over.
    private bool IsOfOthersToo(IEnumerable<BlobBlock> blocks) =>
        StraightUploadId.NameOf(upload) is { } name
        && blocks.Any(b =>
            !Encoding.ASCII.GetString(Convert.FromBase64String(b.Name)).EndsWith(name, StringComparison.Ordinal)
        );

    // Azure stores no hash of a blob made of blocks, so this tag identifies its blocks.
    private static string TagOf(IReadOnlyList<PartReceipt> receipts)
    {
        var hashes = receipts.SelectMany(receipt => Convert.FromHexString(receipt.Md5)).ToArray();
        return $"{Convert.ToHexStringLower(SHA256.HashData(hashes))}-{receipts.Count}";
    }

    private ObjectStoreException NotWhatWasSent() =>
        new(ObjectStoreFailure.Corrupt, $"What the store holds of '{upload.Key}' is not what was sent.");
}
