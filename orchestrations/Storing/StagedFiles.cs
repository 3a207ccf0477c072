using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>A blob of ours and where it goes below the run's folder in the results bucket.</summary>
internal sealed record StagedFile(BlobName Blob, string Path, long Bytes);

/// <summary>What an attempt left behind.</summary>
internal static class StagedFiles
{
    private const string Model = "model/";
    private const string LogPath = "learner-1/training-log.txt";
    private const string MetricsPath = "learner-1/evaluation-metrics.txt";

    /// <summary>
    /// The staged files, and log and metrics as the service has them: over all attempts, and also there when the node
    /// was lost before it staged anything. The metrics are the file that the program left, unless it went on with what an
    /// earlier attempt had begun.
    /// </summary>
    public static async Task<IReadOnlyList<StagedFile>> ListAsync(
        IBlobStore blobs,
        TrainingRun run,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        var id = run.Id;
        var files = new Dictionary<string, StagedFile>(StringComparer.Ordinal);
        var prefix = RunBlobs.StagingPrefix(id, attempt);
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            var path = blob.Name.ToString()[prefix.Length..];
            files[path] = new StagedFile(blob.Name, path, blob.Bytes);
        }
        if (await blobs.FindAsync(RunBlobs.Log(id), cancellationToken) is { } log)
        {
            files[LogPath] = new StagedFile(log.Name, LogPath, log.Bytes);
        }
        var isOwnFile = (attempt == 1 || run.Manifest.Checkpoint is null) && files.ContainsKey(MetricsPath);
        if (!isOwnFile && await blobs.FindAsync(RunBlobs.Metrics(id), cancellationToken) is { } metrics)
        {
            files[MetricsPath] = new StagedFile(metrics.Name, MetricsPath, metrics.Bytes);
        }
        return [.. files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    /// <summary>Deletes plan, receipts, checkpoint and the staging of all attempts up to this one.</summary>
    public static async Task ClearAsync(IBlobStore blobs, RunId id, int attempt, CancellationToken cancellationToken)
    {
        await ClearAllButLastAsync(blobs, id, attempt, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.StagingPrefix(id, attempt), cancellationToken);
    }

    /// <summary>The same, except the last attempt's <c>model/</c>, which a completed run may be asked to store.</summary>
    public static async Task ClearAllButModelAsync(
        IBlobStore blobs,
        RunId id,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        await ClearAllButLastAsync(blobs, id, attempt, cancellationToken);
        var prefix = RunBlobs.StagingPrefix(id, attempt);
        var tops = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            tops.Add(TopOf(blob.Name.ToString()[prefix.Length..]));
        }
        foreach (var top in tops.Where(top => !IsModel(top)))
        {
            await blobs.DeleteAsync(prefix + top, cancellationToken);
        }
    }

    // A folder, with its slash, goes at once, however many files are in it.
    private static string TopOf(string path)
    {
        var slash = path.IndexOf('/');
        return slash < 0 ? path : path[..(slash + 1)];
    }

    private static async Task ClearAllButLastAsync(
        IBlobStore blobs,
        RunId id,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        await blobs.DeleteAsync(RunBlobs.PlanPrefix(id), cancellationToken);
        await blobs.DeleteAsync(RunBlobs.CheckpointPrefix(id), cancellationToken);
        for (var earlier = 1; earlier < attempt; earlier++)
        {
            await blobs.DeleteAsync(RunBlobs.StagingPrefix(id, earlier), cancellationToken);
        }
    }

    // Deletion is by prefix: a file called "mod" stays too, or it would take "model/" with it.
    private static bool IsModel(string path) =>
        path.StartsWith(Model, StringComparison.Ordinal) || Model.StartsWith(path, StringComparison.Ordinal);
}
