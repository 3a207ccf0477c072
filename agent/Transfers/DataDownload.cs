using System.Threading.Channels;
using Trainyard.Agent.Files;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Fetches the whole data bucket into the data folder. One task lists, one makes files and cuts large objects into
/// pieces, several fetch the pieces. The listing runs ahead, up to a bound, so that the total is known early.
/// </summary>
internal sealed class DataDownload(
    DataObjects objects,
    ObjectDownload download,
    CacheOfRun cache,
    DataRoom room,
    DownloadProgress progress,
    int parallel
)
{
    private const int ObjectsAhead = 10_000;
    private const int PiecesAhead = 64;

    /// <param name="folder">The data folder.</param>
    /// <param name="skipped">Gets a log line for each object that is left out.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <exception cref="DownloadFailedException">An object cannot be fetched.</exception>
    /// <exception cref="DataAboveDiskException">The data is larger than the disk space that the run asked for.</exception>
    /// <exception cref="DataHasNoRoomException">The data is larger than the free space of the disk.</exception>
    public async Task RunAsync(string folder, SkippedLines skipped, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listed = Channel.CreateBounded<ListedObject>(ObjectsAhead);
        var pieces = Channel.CreateBounded<ObjectPiece>(PiecesAhead);
        Task[] tasks =
        [
            ListAsync(listed.Writer, failed.Token),
            CutAsync(listed.Reader, pieces.Writer, new DataFolder(folder, skipped), failed.Token),
            .. Enumerable.Range(0, parallel).Select(_ => FetchAllAsync(pieces.Reader, failed.Token)),
        ];
        await FailFast.WhenAllAsync(tasks, failed);
        skipped.End();
    }

    private async Task ListAsync(ChannelWriter<ListedObject> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in objects.PagesAsync(cancellationToken))
            {
                foreach (var item in page.Objects.Where(item => !ObjectKey.IsFolder(item.Object.Key)))
                {
                    progress.Listed(item.Object.Bytes);
                }
                if (page.IsLast)
                {
                    progress.EndListing();
                }
                room.Check(progress.Read());
                foreach (var item in page.Objects)
                {
                    await writer.WriteAsync(item, cancellationToken);
                }
            }
        }
        finally
        {
            writer.Complete();
        }
    }

    private async Task CutAsync(
        ChannelReader<ListedObject> reader,
        ChannelWriter<ObjectPiece> writer,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var listed in reader.ReadAllAsync(cancellationToken))
            {
                if (folder.Prepare(listed.Object.Key, listed.Object.Bytes) is { } path)
                {
                    await CutAsync(listed, path, writer, cancellationToken);
                }
                else if (!ObjectKey.IsFolder(listed.Object.Key))
                {
                    progress.Skipped(listed.Object.Bytes);
                }
            }
        }
        finally
        {
            writer.Complete();
        }
    }

    private async Task CutAsync(
        ListedObject listed,
        string path,
        ChannelWriter<ObjectPiece> writer,
        CancellationToken cancellationToken
    )
    {
        if (cache.TryShare(listed.Object, path))
        {
            progress.Shared(listed.Object.Bytes);
            return;
        }
        var transfer = new ObjectTransfer(listed, path);
        if (transfer.Pieces.Count == 0)
        {
            transfer.Finish();
            transfer.Dispose();
            progress.Finished();
        }
        foreach (var piece in transfer.Pieces)
        {
            await writer.WriteAsync(piece, cancellationToken);
        }
    }

    private async Task FetchAllAsync(ChannelReader<ObjectPiece> reader, CancellationToken cancellationToken)
    {
        await foreach (var piece in reader.ReadAllAsync(cancellationToken))
        {
            await download.FetchAsync(piece, cancellationToken);
        }
    }
}
