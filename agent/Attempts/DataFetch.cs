using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Agent.Transfers;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Attempts;

/// <summary>Downloads the data bucket into the attempt's data folder and reports the progress.</summary>
internal sealed class DataFetch(NodeServices node, AttemptContext context, PhaseReports phases)
{
    private readonly DownloadProgress _progress = new();

    /// <exception cref="DownloadFailedException">An object cannot be fetched.</exception>
    /// <exception cref="DataAboveDiskException">The data is larger than the disk space that the run asked for.</exception>
    /// <exception cref="DataHasNoRoomException">The data is larger than the free space of the disk.</exception>
    public async Task<DownloadState> RunAsync(CancellationToken cancellationToken)
    {
        var begin = node.Time.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = new DownloadReports(_progress, Tell, node.Time).RunAsync(ended.Token);
        try
        {
            await DownloadAsync(cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await reports;
        }
        var state = _progress.Read();
        if (await reports || state.SharedObjects > 0)
        {
            context.Log.AppendLine($"Data: {ProgressText.Of(state, node.Time.GetElapsedTime(begin))}.");
        }
        return state;
    }

    private void Tell(string text)
    {
        context.Log.AppendLine($"Data: {text}.");
        phases.ReportProgress(text);
    }

    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        var objects = new DataObjects(context.Client);
        var cache = new CacheOfRun(node.Data, context.Task, context.Sandbox.ProtectsData);
        var notes = new SkippedLines(context.Log.AppendLine);
        using var own = context.Task.DataAuthorities is { } pem ? node.OpenStores(pem) : null;
        var pieces = new PieceDownload(
            new ObjectSource(own ?? node.Stores, context.Client),
            objects,
            Retries.Service(node.Time, node.Address),
            context.Client.Silence,
            _progress,
            notes
        );
        var reserve = (node.Options.MinFreeBytes ?? DiskSpace.DefaultReserveAt(node.Work)) / 2;
        await new DataDownload(
            objects,
            new ObjectDownload(objects, pieces, cache, _progress, notes),
            cache,
            new DataRoom(node.Work, reserve, node.Data) { Asked = context.Task.DiskBytes },
            _progress,
            node.Options.Downloads
        ).RunAsync(context.Folders.Data, notes, cancellationToken);
    }
}
