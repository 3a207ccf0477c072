using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// An append to a blob stored by a put: rewrites the blob with the new content at its end, unless another writer
/// changes it meanwhile. Such appends are rare, and the blobs are small.
/// </summary>
internal sealed class BlockAppend(BlobContainerClient container, BlobName name)
{
    private readonly BlockBlobClient _blob = container.GetBlockBlobClient(name.ToString());

    public async Task<AppendResult> AppendAsync(
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        BlobProperties before = await _blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        if (before.ContentLength != offset || content.IsEmpty)
        {
            return new AppendResult(before.ContentLength == offset, before.ContentLength);
        }
        var unchanged = new BlobRequestConditions { IfMatch = before.ETag };
        try
        {
            var upload = new BlockUpload(_blob);
            // Uploads the old content again: its block names may have another length, and a blob from one PUT has no
            // blocks.
            await using (var old = await _blob.OpenReadAsync(new BlobOpenReadOptions(false), cancellationToken))
            {
                await upload.StageAsync(old, cancellationToken);
            }
            await upload.StageBlockAsync(content, cancellationToken);
            await upload.CommitAsync(upload.Blocks, metadata: null, unchanged, cancellationToken);
            return new AppendResult(true, offset + content.Length);
        }
        catch (RequestFailedException e) when (BlobErrors.IsConflict(e))
        {
            BlobProperties now = await _blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return new AppendResult(false, now.ContentLength);
        }
    }
}
