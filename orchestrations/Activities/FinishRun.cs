using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record FinishRunRequest
{
    public required RunId RunId { get; init; }

    public required RunVerdict Verdict { get; init; }

    /// <summary>Whether the key that signs notices is still needed; the stores' credentials go in any case.</summary>
    public bool KeepNoticeKey { get; init; }
}

/// <summary>
/// The end: uploads that were not completed given up, secrets destroyed, the terminal phase recorded, staging cleared but
/// for a completed run's model. Staging stays whole where storing failed: until retention ends it is the only copy.
/// </summary>
public sealed class FinishRun(
    IRunStore runs,
    RunProgress progress,
    IDispatchQueue queue,
    ISecretStore secrets,
    IBlobStore blobs,
    UnfinishedUploads uploads
)
{
    [Function(nameof(FinishRun))]
    public async Task RunAsync([ActivityTrigger] FinishRunRequest request, CancellationToken cancellationToken)
    {
        var (id, verdict) = (request.RunId, request.Verdict);
        var run = (await runs.GetAsync(id, cancellationToken))?.Run;
        if (run is null)
            return;
        using var span = run.StartSpan(nameof(FinishRun));
        await uploads.TryGiveUpAsync(run, cancellationToken);
        await DestroyCredentialsAsync(run.Submission, request.KeepNoticeKey, cancellationToken);
        await queue.FinishAsync(id, run.Attempt, cancellationToken);
        if (run.Results is not null)
            await ClearStagingAsync(run, verdict, cancellationToken);
        await progress.MoveAsync(id, verdict.Phase, verdict.Reason, cancellationToken);
    }

    // Only a completed run's model can be asked for later.
    private Task ClearStagingAsync(TrainingRun run, RunVerdict verdict, CancellationToken cancellationToken)
    {
        var attempt = verdict.StoredAttempt ?? run.Attempt;
        return verdict.Phase == RunPhase.Completed
            ? StagedFiles.ClearAllButModelAsync(blobs, run.Id, attempt, cancellationToken)
            : StagedFiles.ClearAsync(blobs, run.Id, attempt, cancellationToken);
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
