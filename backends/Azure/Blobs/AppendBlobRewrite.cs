using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Contracts;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Azure limits a blob to 50,000 appends, which a busy log reaches within hours. The blob is then rewritten in a few
/// large blocks: a copy is set aside, the blob is emptied and marked, refilled from the copy, and unmarked. While the
/// blob is marked, the copy holds the content; after a crash, the next append finishes the rewrite.
/// </summary>
internal sealed class AppendBlobRewrite(BlobContainerClient container, BlobName name)
{
    /// <summary>The mark: metadata with the length of the copy.</summary>
    public const string Mark = "rewriting";

    /// <summary>Bytes of the new blocks: every version of Azure Storage accepts this size in one append.</summary>
    public const int BlockBytes = 4 << 20;

    private readonly AppendBlobClient _blob = container.GetAppendBlobClient(name.ToString());
    private readonly BlockBlobClient _copy = AsideOf(container).GetBlockBlobClient(name.ToString());

    /// <summary>The container of the copies.</summary>
    public static BlobContainerClient AsideOf(BlobContainerClient container) =>
        container.GetParentBlobServiceClient().GetBlobContainerClient(container.Name + "-aside");

    public async Task RewriteAsync(CancellationToken cancellationToken)
    {
        BlobProperties before = await _blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        try
        {
            if (!before.Metadata.ContainsKey(Mark))
            {
                await LayAsideAsync(before, cancellationToken);
            }
            await FillAsync(cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsConflict(e) || BlobErrors.IsMissing(e))
        {
            // Another writer does the same rewrite: the append that follows finds out how far it got.
        }
    }

    private async Task LayAsideAsync(BlobProperties before, CancellationToken cancellationToken)
    {
        await AsideOf(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var upload = new BlockUpload(_copy);
        await using (var content = await _blob.OpenReadAsync(new BlobOpenReadOptions(false), cancellationToken))
        {
            await upload.StageAsync(content, cancellationToken);
        }
        await upload.CommitAsync(upload.Blocks, metadata: null, conditions: null, cancellationToken);
        var options = new AppendBlobCreateOptions
        {
            Metadata = new Dictionary<string, string> { [Mark] = before.ContentLength.ToString() },
            Conditions = new AppendBlobRequestConditions { IfMatch = before.ETag },
        };
        await _blob.CreateAsync(options, cancellationToken);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        BlobProperties marked = await _blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        if (!marked.Metadata.ContainsKey(Mark))
        {
            return;
        }
        var position = marked.ContentLength;
        var rest = new BlobOpenReadOptions(false) { Position = position };
        await using (var content = await _copy.OpenReadAsync(rest, cancellationToken))
        {
            var buffer = new byte[BlockBytes];
            int read;
            while ((read = await content.ReadAtLeastAsync(buffer, BlockBytes, false, cancellationToken)) > 0)
            {
                await AppendAsync(position, buffer.AsMemory(0, read), cancellationToken);
                position += read;
            }
        }
        await _blob.SetMetadataAsync(new Dictionary<string, string>(), cancellationToken: cancellationToken);
        await _copy.DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    private async Task AppendAsync(long position, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var block = ReadOnlyMemoryStream.Of(content);
        var atPosition = new AppendBlobRequestConditions { IfAppendPositionEqual = position };
        var options = new AppendBlobAppendBlockOptions { Conditions = atPosition };
        await _blob.AppendBlockAsync(block, options, cancellationToken);
    }
}
