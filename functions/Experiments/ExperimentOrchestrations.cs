using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Orchestrations;
using Trainyard.Orchestrations.Experiments;

namespace Trainyard.Functions.Experiments;

/// <summary>Starts, wakes, mends and purges the orchestrations of experiment runs.</summary>
public sealed class ExperimentOrchestrations(
    ExperimentEnding ending,
    IRunStore runs,
    ITrialRuns trials,
    RunEvents events,
    TimeProvider time
)
{
    /// <summary>Starts the orchestration of an experiment run. Idempotent.</summary>
    public async Task StartAsync(DurableTaskClient client, ExperimentRun run, CancellationToken cancellationToken)
    {
        if (await FindAsync(client, run, cancellationToken) is not null)
        {
            return;
        }
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(ExperimentOrchestrator),
                new ExperimentRequest { Id = run.Id, Owner = run.Owner },
                new StartOrchestrationOptions(run.InstanceId),
                cancellationToken
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Another request may have started it first. Each engine throws its own exception for that.
            if (await FindAsync(client, run, cancellationToken) is null)
            {
                throw;
            }
        }
    }

    /// <summary>Makes the orchestration look at the record now instead of a few seconds later.</summary>
    public async Task WakeAsync(DurableTaskClient client, ExperimentRun run, CancellationToken cancellationToken)
    {
        var delivery = await events.SendAsync(client, run.InstanceId, new ExperimentMoved(), cancellationToken);
        if (delivery is not EventDelivery.Taken)
        {
            await MendAsync(client, run, cancellationToken);
        }
    }

    /// <summary>
    /// Mends a run that has not ended. A missing orchestration is started anew, because all its state is in the record.
    /// If the orchestration failed or was terminated, the run ends and its training runs are canceled.
    /// </summary>
    public async Task MendAsync(DurableTaskClient client, ExperimentRun run, CancellationToken cancellationToken)
    {
        var instance = await FindAsync(client, run, cancellationToken);
        if (instance is null)
        {
            await StartAsync(client, run, cancellationToken);
        }
        else if (instance.RuntimeStatus is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated)
        {
            await CancelTrialsAsync(client, run, cancellationToken);
            await ending.AbandonAsync(
                run.Owner,
                run.Id,
                "Its orchestration was ended by hand, or failed.",
                cancellationToken
            );
            await ending.FinishAsync(
                run.Owner,
                run.Id,
                (training, name) => trials.KeepModelAsync(client, training, name, cancellationToken),
                cancellationToken
            );
        }
    }

    private async Task CancelTrialsAsync(
        DurableTaskClient client,
        ExperimentRun run,
        CancellationToken cancellationToken
    )
    {
        foreach (var trial in run.Trials.Where(t => t.Phase is null))
        {
            if (
                (await runs.GetAsync(trial.RunId, cancellationToken))?.Run is { } training
                && !training.Phase.IsTerminal()
            )
            {
                await trials.CancelAsync(client, training, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Purges the orchestration of an ended run. The record ends before the orchestration does, and a running instance
    /// cannot be purged: returns false, and purges nothing, when it does not end within seconds.
    /// </summary>
    public async Task<bool> TryPurgeAsync(
        DurableTaskClient client,
        ExperimentRun run,
        CancellationToken cancellationToken
    )
    {
        var instance = await FindAsync(client, run, cancellationToken);
        if (
            instance is { IsCompleted: false }
            && !await InstanceEnds.WithinSecondsAsync(client, run.InstanceId, time, cancellationToken)
        )
        {
            return false;
        }
        await client.PurgeInstanceAsync(run.InstanceId, cancellation: cancellationToken);
        return true;
    }

    private static Task<OrchestrationMetadata?> FindAsync(
        DurableTaskClient client,
        ExperimentRun run,
        CancellationToken cancellationToken
    ) => client.GetInstanceAsync(run.InstanceId, getInputsAndOutputs: false, cancellationToken);
}
