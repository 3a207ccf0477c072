using System.Threading.Channels;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Verbs;

/// <summary>Fetches the whole data bucket into the data folder: one lists, several fetch, neither runs far ahead.</summary>
internal sealed class DataDownload(DataObjects objects, ObjectDownload download, int parallel)
{
    private const int Ahead = 64;
    private long _bytes;
    private int _files;

    /// <exception cref="DownloadFailedException">An object cannot be fetched.</exception>
    public async Task<DataSummary> RunAsync(AttemptFolders folders, Spool log, CancellationToken cancellationToken)
    {
        var skipped = new SkippedLines(log.AppendLine);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<ListedObject>(Ahead);
        Task[] tasks =
        [
            ListAsync(channel.Writer, failed.Token),
            .. Enumerable
                .Range(0, parallel)
                .Select(_ => FetchAllAsync(channel.Reader, folders.Data, skipped, failed.Token)),
        ];
        await FailFast.WhenAllAsync(tasks, failed);
        skipped.End();
        return new DataSummary(_files, _bytes);
    }

    private async Task ListAsync(ChannelWriter<ListedObject> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var listed in objects.ListAsync(cancellationToken))
            {
                await writer.WriteAsync(listed, cancellationToken);
            }
        }
        finally
        {
            writer.Complete();
        }
    }

    private async Task FetchAllAsync(
        ChannelReader<ListedObject> reader,
        string folder,
        SkippedLines skipped,
        CancellationToken cancellationToken
    )
    {
        await foreach (var listed in reader.ReadAllAsync(cancellationToken))
        {
            if (Prepare(listed.Object.Key, folder, skipped) is not { } path)
            {
                continue;
            }
            await download.FetchAsync(listed, path, cancellationToken);
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, listed.Object.Bytes);
        }
    }

    /// <returns>The file to write, its folder made; null, with a line in the log, when there can be none.</returns>
    private static string? Prepare(string key, string folder, SkippedLines skipped)
    {
        if (ObjectKey.IsFolder(key))
        {
            return null;
        }
        if (ObjectKey.ToPath(key) is not { } relative)
        {
            skipped.Add($"Skipped an object of the data bucket: its key is no file name: {PrintableText.Of(key)}");
            return null;
        }
        var path = Path.Combine(folder, relative);
        if (TryMakeFolder(path))
        {
            return path;
        }
        skipped.Add($"Skipped an object of the data bucket: another object is in its way: {PrintableText.Of(key)}");
        return null;
    }

    // The keys "a" and "a/b" can both be in a bucket, but not on a disk.
    private static bool TryMakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return !Directory.Exists(path);
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>What was fetched.</summary>
internal sealed record DataSummary(int Files, long Bytes);
