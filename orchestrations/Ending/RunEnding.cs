using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Ending;

/// <summary>
/// The end of a run: uploads that were not completed given up, secrets destroyed, its lease or its place in the queue freed,
/// the terminal phase recorded, staging cleared but for a completed run's model. Staging stays whole where storing failed: until
/// retention ends it is the only copy. Every step may be repeated; the record moves last.
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
    /// <param name="keepNoticeKey">
    /// Whether the key that signs notices is still needed; the stores' credentials go in any case.
    /// </param>
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
        await DestroyCredentialsAsync(run.Submission, keepNoticeKey, cancellationToken);
        // An attempt that was never begun ends too: a late enqueue must find it ended.
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
            // Who ends a run that nothing moves any more knows of none: what the record says of them stays true.
            r => r with { Unstored = r.Results is null ? verdict.Unstored ?? r.Unstored : null }
        );
    }

    // Only a completed run's model can be asked for later.
    private Task ClearStagingAsync(TrainingRun run, RunVerdict verdict, CancellationToken cancellationToken)
    {
        var stored = verdict.StoredAttempt ?? run.Attempt;
        return verdict.Phase == RunPhase.Completed
            ? StagedFiles.ClearAllButModelAsync(blobs, run.Id, stored, cancellationToken)
            : StagedFiles.ClearAsync(blobs, run.Id, stored, cancellationToken);
    }

    private async Task DestroyCredentialsAsync(
        SubmissionKey run,
        bool keepNoticeKey,
        CancellationToken cancellationToken
    )
    {
        var noticeKey = keepNoticeKey ? (await secrets.GetAsync(run, cancellationToken))?.NotifySecret : null;
        if (noticeKey is null)
        {
            await secrets.DestroyAsync(run, cancellationToken);
            return;
        }
        var rest = new RunSecrets
        {
            Data = StoreCredentials.None,
            Results = StoreCredentials.None,
            NotifySecret = noticeKey,
        };
        await secrets.PutAsync(run, rest, cancellationToken);
    }
}
