using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Ending;

/// <summary>
/// Ends a run: gives up unfinished uploads, destroys secrets, frees its lease or its place in the queue, clears
/// staging except a completed run's model, and records the terminal phase. Staging stays whole when storing failed,
/// because it is the only copy until retention ends. Every step may be repeated; the record moves last.
/// </summary>
public sealed class RunEnding(
    RunProgress progress,
    IDispatchQueue queue,
    ISecretStore secrets,
    IBlobStore blobs,
    UnfinishedUploads uploads
)
{
    /// <param name="run">The run as its record has it.</param>
    /// <param name="verdict">How it ends.</param>
    /// <param name="keepNoticeKey">Whether to keep the key that signs notices.</param>
    /// <param name="cancellationToken">Ends the work between two steps.</param>
    public async Task EndAsync(
        TrainingRun run,
        RunVerdict verdict,
        bool keepNoticeKey,
        CancellationToken cancellationToken
    )
    {
        var kept = verdict.Unstored?.Attempt ?? verdict.StoredAttempt ?? run.Unstored?.Attempt;
        await uploads.TryGiveUpAsync(run, kept, cancellationToken);
        await RunCredentials.DestroyAsync(secrets, run.Submission, keepNoticeKey, cancellationToken);
        // Finishes an attempt that never began, too, so that a late enqueue finds it finished.
        await queue.FinishAsync(run.Id, Math.Max(1, run.Attempt), cancellationToken);
        if (run.Results is not null)
        {
            await ClearStagingAsync(run, verdict, cancellationToken);
        }
        await progress.MoveAsync(
            run.Id,
            verdict.Phase,
            verdict.Reason,
            cancellationToken,
            // A caller that ends a stalled run does not know its unstored results, so the record keeps what it has.
            r =>
                r with
                {
                    DecidingLearner = verdict.Learner ?? r.DecidingLearner,
                    ExitCode = verdict.ExitCode ?? r.ExitCode,
                    Unstored = r.Results is null ? verdict.Unstored ?? r.Unstored : null,
                }
        );
    }

    // Keeps the model of a completed run, because its owner may still ask to store it.
    private Task ClearStagingAsync(TrainingRun run, RunVerdict verdict, CancellationToken cancellationToken)
    {
        var stored = verdict.StoredAttempt ?? run.Attempt;
        return verdict.Phase == RunPhase.Completed
            ? StagedFiles.ClearAllButModelAsync(blobs, run.Id, stored, cancellationToken)
            : StagedFiles.ClearAsync(blobs, run.Id, stored, cancellationToken);
    }
}
