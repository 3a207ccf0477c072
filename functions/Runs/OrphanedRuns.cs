using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Orchestrations;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Functions.Runs;

/// <summary>
/// Ends runs whose record says that they go on although their orchestration has ended, failed, was terminated or is
/// gone. Nothing else would ever end such a run.
/// </summary>
public sealed partial class OrphanedRuns(
    IRunStore runs,
    RunEnding ending,
    NotifyOwner notify,
    ISecretStore secrets,
    RunStarter starter,
    TimeProvider time,
    ILogger<OrphanedRuns> logger
)
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Ends the run if it is an orphan, and frees everything that it held. Returns its record; null when there is none.
    /// </summary>
    public async Task<TrainingRun?> TryEndAsync(DurableTaskClient client, RunId id, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(id.ToString(), getInputsAndOutputs: false, cancellationToken);
        // The record is read after the instance: an orchestration that ends normally moves the record first.
        var run = (await runs.GetAsync(id, cancellationToken))?.Run;
        if (run is null || run.Phase.IsTerminal() || instance is { IsCompleted: false } || IsStarting(run, instance))
        {
            return run;
        }
        if (run.IsArray)
        {
            await RestartAsync(client, run, instance, cancellationToken);
            return run;
        }
        var verdict = Verdict(run, instance);
        await ending.EndAsync(run, verdict, keepNoticeKey: true, cancellationToken);
        LogEnded(id.ToString(), $"{verdict.Reason}");
        await TryNotifyAsync(run, verdict, cancellationToken);
        await secrets.DestroyAsync(run.Submission, cancellationToken);
        return (await runs.GetAsync(id, cancellationToken))?.Run;
    }

    // All state of an array is in its record, so a new orchestration continues it.
    private async Task RestartAsync(
        DurableTaskClient client,
        TrainingRun array,
        OrchestrationMetadata? instance,
        CancellationToken cancellationToken
    )
    {
        if (instance is not null)
        {
            await client.PurgeInstanceAsync(instance.InstanceId, cancellation: cancellationToken);
        }
        await starter.StartAsync(client, array, cancellationToken);
        LogRestarted(array.Id.ToString(), Fate(instance));
    }

    // The submit is about to start the run, or was cut short before its answer (DiscardUnstartedRuns clears that).
    // Results that are to be stored again may wait for their orchestration too, but for a limited time.
    private bool IsStarting(TrainingRun run, OrchestrationMetadata? instance) =>
        (instance is null && run is { Phase: RunPhase.Queued, Attempt: 0, CancelRequestedAt: null })
        || (run is { Phase: RunPhase.Storing, Unstored: not null } && time.GetUtcNow() - run.ModifiedAt < StartsWithin);

    private static RunVerdict Verdict(TrainingRun run, OrchestrationMetadata? instance) =>
        run.CancelRequestedAt is not null
            ? new RunVerdict { Phase = RunPhase.Halted, Reason = RunReason.CanceledByOwner }
            : new RunVerdict { Phase = RunPhase.Failed, Reason = RunReason.OrchestrationLost(Fate(instance)) };

    private static string Fate(OrchestrationMetadata? instance) =>
        instance?.RuntimeStatus switch
        {
            null => "is gone",
            OrchestrationRuntimeStatus.Failed => "failed",
            OrchestrationRuntimeStatus.Terminated => "was terminated",
            _ => "ended without ending the run",
        };

    // Notifies once: the orchestration that would repeat a failed notification is gone.
    private async Task TryNotifyAsync(TrainingRun run, RunVerdict verdict, CancellationToken cancellationToken)
    {
        var state = verdict.Phase.ToState().ToString().ToLowerInvariant();
        if (run.Manifest.Notify?.On.Contains(state) != true)
        {
            return;
        }
        try
        {
            await notify.RunAsync(new NotifyOwnerRequest { RunId = run.Id, State = state }, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotNotified(run.Id.ToString(), e.GetType().Name);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Ended {RunId}, which nothing moved any more: {Reason}")]
    private partial void LogEnded(string runId, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Started what moves the array {ArrayId} again, because it {Fate}")]
    private partial void LogRestarted(string arrayId, string fate);

    [LoggerMessage(2, LogLevel.Warning, "The owner of {RunId} was not told of its end: {Error}")]
    private partial void LogNotNotified(string runId, string error);
}
