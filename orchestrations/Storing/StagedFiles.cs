using System.Runtime.CompilerServices;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>A blob of the service and its path below the run's folder in the results bucket.</summary>
internal sealed record StagedFile(BlobName Blob, string Path, long Bytes)
{
    /// <summary>Lower-case hex; null when unknown.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the file counts as one of the run's results.</summary>
    public bool IsResult { get; init; } = true;
}

/// <summary>The staged files of an attempt.</summary>
internal static class StagedFiles
{
    private const string Model = "model/";

    /// <summary>
    /// Lists the staged files, with the service's own log and metrics: these cover all attempts and exist even when
    /// the node was lost before it staged anything. The program's own metrics file replaces the service's, unless the
    /// program continued from a checkpoint of an earlier attempt. Results that are stored again may go into a new
    /// bucket, so the submitted code is listed too.
    /// </summary>
    public static async IAsyncEnumerable<StagedFile> ListAsync(
        IBlobStore blobs,
        TrainingRun run,
        int attempt,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var prefix = RunBlobs.StagingPrefix(run.Id, attempt);
        var outputs = await FindOutputsAsync(blobs, run, attempt, cancellationToken);
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            var path = blob.Name.ToString()[prefix.Length..];
            if (!outputs.ContainsKey(path) && !ResultsManifest.IsIts(path))
            {
                yield return new StagedFile(blob.Name, path, blob.Bytes) { Sha256 = blob.Sha256 };
            }
        }
        foreach (var (path, output) in outputs)
        {
            yield return new StagedFile(output.Name, path, output.Bytes);
        }
        var archive = run.Unstored is null
            ? null
            : await blobs.FindAsync(RunBlobs.Archive(run.ArchiveKey), cancellationToken);
        if (archive is not null)
        {
            yield return new StagedFile(archive.Name, SubmittedCode.Path, archive.Bytes)
            {
                Sha256 = run.Archive.Sha256,
                IsResult = false,
            };
        }
    }

    // The logs and the metrics of all learners, by their paths.
    private static async Task<Dictionary<string, BlobInfo>> FindOutputsAsync(
        IBlobStore blobs,
        TrainingRun run,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, BlobInfo>(StringComparer.Ordinal);
        for (var learner = 1; learner <= run.Learners; learner++)
        {
            if (await blobs.FindAsync(RunBlobs.Log(run.Id, learner), cancellationToken) is { } log)
            {
                found.Add(LearnerFiles.Log(learner), log);
            }
            if (await FindMetricsAsync(blobs, run, attempt, learner, cancellationToken) is { } metrics)
            {
                found.Add(LearnerFiles.Metrics(learner), metrics);
            }
        }
        return found;
    }

    private static async Task<BlobInfo?> FindMetricsAsync(
        IBlobStore blobs,
        TrainingRun run,
        int attempt,
        int learner,
        CancellationToken cancellationToken
    )
    {
        var isOwnFile =
            (attempt == 1 || run.Manifest.Checkpoint is null)
            && RunBlobs.TryStaged(run.Id, attempt, LearnerFiles.Metrics(learner), out var left)
            && await blobs.FindAsync(left, cancellationToken) is not null;
        return isOwnFile ? null : await blobs.FindAsync(RunBlobs.Metrics(run.Id, learner), cancellationToken);
    }

    /// <summary>Deletes plan, receipts, checkpoint and the staging of all attempts up to this one.</summary>
    public static async Task ClearAsync(IBlobStore blobs, RunId id, int attempt, CancellationToken cancellationToken)
    {
        await ClearAllButLastAsync(blobs, id, attempt, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.StagingPrefix(id, attempt), cancellationToken);
    }

    /// <summary>
    /// Like <see cref="ClearAsync"/>, but keeps the last attempt's <c>model/</c>, which its owner may ask to store.
    /// </summary>
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

    // A folder's prefix (with its slash) is deleted with one call, however many files are in it.
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
        await blobs.DeleteAsync(RunBlobs.BucketUploadPrefix(id), cancellationToken);
        await blobs.DeleteAsync(RunBlobs.CheckpointPrefix(id), cancellationToken);
        for (var earlier = 1; earlier < attempt; earlier++)
        {
            await blobs.DeleteAsync(RunBlobs.StagingPrefix(id, earlier), cancellationToken);
        }
    }

    // Deletion is by prefix: deleting a file called "mod" would delete "model/" too, so that file is kept.
    private static bool IsModel(string path) =>
        path.StartsWith(Model, StringComparison.Ordinal) || Model.StartsWith(path, StringComparison.Ordinal);
}
