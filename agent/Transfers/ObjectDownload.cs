using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Fetches whole objects: their pieces, then the check, then the copy for the node's cache. An object that changes
/// meanwhile is fetched again.
/// </summary>
internal sealed class ObjectDownload(
    DataObjects objects,
    PieceDownload pieces,
    CacheOfRun cache,
    DownloadProgress progress,
    SkippedLines notes
)
{
    private const int MostChanges = 3;
    private volatile bool _tagsAreNoDigests;

    /// <summary>Fetches a piece; the last piece to end completes the object.</summary>
    /// <exception cref="DownloadFailedException">The object cannot be fetched.</exception>
    public async Task FetchAsync(ObjectPiece piece, CancellationToken cancellationToken)
    {
        var transfer = piece.Object;
        try
        {
            await pieces.FetchAsync(piece, cancellationToken);
        }
        catch (ObjectChangedException)
        {
            transfer.Void();
        }
        if (transfer.EndPiece(cancellationToken))
        {
            await EndAsync(transfer, cancellationToken);
        }
    }

    private async Task EndAsync(ObjectTransfer transfer, CancellationToken cancellationToken)
    {
        byte[]? digest = null;
        for (var changes = 0; !TryEnd(transfer, ref digest, cancellationToken); changes++)
        {
            progress.Lost(transfer.Pieces.Sum(p => p.Done));
            transfer.Dispose();
            if (changes == MostChanges)
            {
                throw new DownloadFailedException(
                    $"The object '{transfer.Listed.Object.Key}' cannot be fetched: it changed again and again meanwhile."
                );
            }
            transfer = await AnewAsync(transfer, cancellationToken);
        }
    }

    private async Task<ObjectTransfer> AnewAsync(ObjectTransfer old, CancellationToken cancellationToken)
    {
        var transfer = new ObjectTransfer(await objects.RefreshAsync(old.Listed, cancellationToken), old.Path);
        progress.Changed(transfer.Listed.Object.Bytes - old.Listed.Object.Bytes);
        try
        {
            foreach (var piece in transfer.Pieces)
            {
                await pieces.FetchAsync(piece, cancellationToken);
            }
        }
        catch (ObjectChangedException)
        {
            transfer.Void();
        }
        return transfer;
    }

    /// <param name="transfer">A transfer whose pieces have all ended.</param>
    /// <param name="before">The checksum at the previous try, when that differed from the store's; else null.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    private bool TryEnd(ObjectTransfer transfer, ref byte[]? before, CancellationToken cancellationToken)
    {
        if (transfer.IsVoid || !IsRight(transfer, ref before, cancellationToken))
        {
            return false;
        }
        transfer.Finish();
        transfer.Dispose();
        cache.Keep(transfer);
        progress.Finished();
        return true;
    }

    private bool IsRight(ObjectTransfer transfer, ref byte[]? before, CancellationToken cancellationToken)
    {
        if (transfer.Digest is not { } wanted || _tagsAreNoDigests)
        {
            return true;
        }
        var found = transfer.Hash(cancellationToken);
        if (found.AsSpan().SequenceEqual(wanted))
        {
            return true;
        }
        if (before is null || !found.AsSpan().SequenceEqual(before))
        {
            before = found;
            return false;
        }
        // The same content came twice, so the ETag of this store is no checksum of the content.
        _tagsAreNoDigests = true;
        notes.Add(
            "The data bucket's ETags are no checksums of what is in it: the objects' sizes were checked, and nothing else."
        );
        return true;
    }
}
