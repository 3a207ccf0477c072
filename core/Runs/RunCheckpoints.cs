using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>The result of a commit.</summary>
public enum CheckpointCommitResult
{
    Committed,

    /// <summary>The commit is not valid; see <see cref="CheckpointCommit"/>.</summary>
    Invalid,

    /// <summary>The content of a file is missing or incomplete.</summary>
    Incomplete,
}

/// <summary>
/// The checkpoints of runs. Contents are stored first, each under its SHA-256; then one blob names those of the
/// checkpoint. The checkpoint is therefore always consistent: the new one or the one before.
/// </summary>
public sealed class RunCheckpoints(IBlobStore blobs, TimeProvider time)
{
    /// <summary>The last committed checkpoint, or null.</summary>
    public Task<SavedCheckpoint?> FindAsync(RunId id, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<SavedCheckpoint>(RunBlobs.Checkpoint(id), cancellationToken);

    /// <summary>Makes these files the run's checkpoint and deletes the contents that it does not use.</summary>
    public async Task<CheckpointCommitResult> CommitAsync(
        RunId id,
        int attempt,
        CheckpointCommit commit,
        CancellationToken cancellationToken
    )
    {
        if (!IsPossible(id, commit))
        {
            return CheckpointCommitResult.Invalid;
        }
        var here = await ContentsAsync(id, cancellationToken);
        if (commit.Files.Any(f => !here.TryGetValue(f.Sha256, out var bytes) || bytes != f.Bytes))
        {
            return CheckpointCommitResult.Incomplete;
        }
        await WriteAsync(id, attempt, commit, cancellationToken);
        foreach (var old in here.Keys.Except(commit.Files.Select(f => f.Sha256)))
        {
            await blobs.DeleteAsync(RunBlobs.CheckpointContentPrefix(id) + old, cancellationToken);
        }
        return CheckpointCommitResult.Committed;
    }

    private static bool IsPossible(RunId id, CheckpointCommit commit) =>
        commit.Files.Count is > 0 and <= CheckpointCommit.MostFiles
        && commit.Files.All(f => BlobName.TryParse(f.Path, out _) && RunBlobs.TryCheckpointContent(id, f.Sha256, out _))
        && commit.Files.DistinctBy(f => f.Path).Count() == commit.Files.Count;

    private async Task<Dictionary<string, long>> ContentsAsync(RunId id, CancellationToken cancellationToken)
    {
        var prefix = RunBlobs.CheckpointContentPrefix(id);
        var contents = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            contents[blob.Name.ToString()[prefix.Length..]] = blob.Bytes;
        }
        return contents;
    }

    private async Task WriteAsync(RunId id, int attempt, CheckpointCommit commit, CancellationToken cancellationToken)
    {
        var saved = new SavedCheckpoint
        {
            SavedAt = time.GetUtcNow(),
            Attempt = attempt,
            Files = [.. commit.Files.Select(f => f with { Url = null })],
        };
        await blobs.WriteJsonAsync(RunBlobs.Checkpoint(id), saved, cancellationToken);
    }
}
