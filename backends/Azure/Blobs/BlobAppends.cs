using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Appends at a checked position. Azure checks it, so any number of writers may try at once. An append here ends the
/// lease of a node that appends directly.
/// </summary>
internal sealed class BlobAppends(BlobContainerClient container)
{
    private readonly BlobLeases _leases = new(container);

    /// <summary>
    /// Takes the blob's lease, so that only its holder can append; creates the blob if it is missing. Null when
    /// another caller took the lease at the same moment, or the blob is not an append blob.
    /// </summary>
    public async Task<string?> LeaseAsync(BlobName name, CancellationToken cancellationToken)
    {
        // The lease holder sees only the blob, so an unfinished rewrite must first be copied back into it.
        await FinishRewriteAsync(name, cancellationToken);
        await CreateAsync(container.GetAppendBlobClient(name.ToString()), cancellationToken);
        if ((await FindAsync(name, cancellationToken))?.BlobType is not BlobType.Append)
        {
            return null;
        }
        return await _leases.TakeAsync(name, cancellationToken);
    }

    public async Task<AppendResult> AppendAsync(
        BlobName name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        // During an unfinished rewrite the blob ends at a multiple of the block size, which may not be its real end.
        if (offset % AppendBlobRewrite.BlockBytes == 0)
        {
            await FinishRewriteAsync(name, cancellationToken);
        }
        if (await TryAppendAsync(name, offset, content, cancellationToken) is { } result)
        {
            return result;
        }
        // Another writer was faster, or a crash interrupted a rewrite.
        var rewritten = await FinishRewriteAsync(name, cancellationToken);
        return rewritten && await TryAppendAsync(name, offset, content, cancellationToken) is { } second
            ? second
            : new AppendResult(false, await LengthAsync(name, cancellationToken));
    }

    private async Task<AppendResult?> TryAppendAsync(
        BlobName name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var blob = container.GetAppendBlobClient(name.ToString());
        try
        {
            if (offset == 0)
            {
                await CreateAsync(blob, cancellationToken);
            }
            return content.IsEmpty
                ? await LookAsync(name, offset, cancellationToken)
                : await AppendAsync(blob, offset, content, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsLeased(e))
        {
            await _leases.BreakAsync(name, cancellationToken);
            return await TryAppendAsync(name, offset, content, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsOfAnotherType(e))
        {
            return await new BlockAppend(container, name).AppendAsync(offset, content, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsFull(e))
        {
            await new AppendBlobRewrite(container, name).RewriteAsync(cancellationToken);
            return await AppendAsync(blob, offset, content, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsConflict(e) || BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    private async Task<bool> FinishRewriteAsync(BlobName name, CancellationToken cancellationToken)
    {
        if (
            await FindAsync(name, cancellationToken) is not { } found
            || !found.Metadata.ContainsKey(AppendBlobRewrite.Mark)
        )
        {
            return false;
        }
        await new AppendBlobRewrite(container, name).RewriteAsync(cancellationToken);
        return true;
    }

    private static async Task CreateAsync(AppendBlobClient blob, CancellationToken cancellationToken)
    {
        // Never replaces an existing blob: it may have content.
        var isNew = new AppendBlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            await blob.CreateAsync(new AppendBlobCreateOptions { Conditions = isNew }, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsConflict(e))
        {
            // The blob exists: the append itself checks whether it is still empty.
        }
    }

    private static async Task<AppendResult> AppendAsync(
        AppendBlobClient blob,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var atOffset = new AppendBlobRequestConditions { IfAppendPositionEqual = offset };
        using var stream = ReadOnlyMemoryStream.Of(content);
        await blob.AppendBlockAsync(
            stream,
            new AppendBlobAppendBlockOptions { Conditions = atOffset },
            cancellationToken
        );
        return new AppendResult(true, offset + content.Length);
    }

    // Azure refuses an empty append, so only the length is checked.
    private async Task<AppendResult> LookAsync(BlobName name, long offset, CancellationToken cancellationToken)
    {
        var length = await LengthAsync(name, cancellationToken);
        return new AppendResult(length == offset, length);
    }

    private async Task<long> LengthAsync(BlobName name, CancellationToken cancellationToken) =>
        (await FindAsync(name, cancellationToken))?.ContentLength ?? 0;

    private async Task<BlobProperties?> FindAsync(BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            return await container.GetBlobClient(name.ToString()).GetPropertiesAsync(null, cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
    }
}
