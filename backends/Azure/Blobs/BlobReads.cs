using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using BlobInfo = Trainyard.Core.Stores.BlobInfo;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>Reads the container's blobs and their properties.</summary>
internal sealed class BlobReads(BlobContainerClient container)
{
    /// <summary>Metadata key: the SHA-256 of a blob stored by a put, in lower-case hex.</summary>
    public const string Sha256 = "sha256";

    public async Task<Stream?> OpenAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        if (length == 0)
        {
            return await FindAsync(name, cancellationToken) is null ? null : Stream.Null;
        }
        var options = new BlobDownloadOptions { Range = new HttpRange(offset, length) };
        try
        {
            var blob = container.GetBlobClient(name.ToString());
            BlobDownloadStreamingResult read = await blob.DownloadStreamingAsync(options, cancellationToken);
            if (!read.Details.Metadata.ContainsKey(AppendBlobRewrite.Mark))
            {
                return read.Content;
            }
            await read.Content.DisposeAsync();
            return await OpenCopyAsync(name, options, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
        catch (RequestFailedException e) when (BlobErrors.IsPastEnd(e))
        {
            return await OpenPastEndAsync(name, options, cancellationToken);
        }
    }

    public async Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            var blob = container.GetBlobClient(name.ToString());
            BlobProperties found = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return Info(name, found.ContentLength, found.Metadata, found.LastModified);
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    public static BlobInfo Read(BlobItem item) =>
        Info(
            BlobName.Parse(item.Name),
            item.Properties.ContentLength ?? 0,
            item.Metadata,
            item.Properties.LastModified ?? default
        );

    private static BlobInfo Info(BlobName name, long bytes, IDictionary<string, string> metadata, DateTimeOffset at) =>
        new(
            name,
            metadata.TryGetValue(AppendBlobRewrite.Mark, out var marked) ? long.Parse(marked) : bytes,
            metadata.TryGetValue(Sha256, out var sha256) ? sha256 : null,
            at
        );

    // A blob under rewrite may end early; its copy has the whole content.
    private async Task<Stream> OpenPastEndAsync(
        BlobName name,
        BlobDownloadOptions options,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(name, cancellationToken) is { } found && options.Range.Offset < found.Bytes
            ? await OpenCopyAsync(name, options, cancellationToken)
            : Stream.Null;

    private async Task<Stream> OpenCopyAsync(
        BlobName name,
        BlobDownloadOptions options,
        CancellationToken cancellationToken
    )
    {
        var copy = AppendBlobRewrite.AsideOf(container).GetBlobClient(name.ToString());
        BlobDownloadStreamingResult read = await copy.DownloadStreamingAsync(options, cancellationToken);
        return read.Content;
    }
}
