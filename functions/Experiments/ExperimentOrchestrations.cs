using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Orchestrations;
using Trainyard.Orchestrations.Experiments;

namespace Trainyard.Functions.Experiments;

/// <summary>The orchestrations of experiments' runs: started once, woken, and mended where one is gone.</summary>
public sealed class ExperimentOrchestrations(
    ExperimentEnding ending,
    IRunStore runs,
    ITrialRuns trials,
    RunEvents events,
    TimeProvider time
)
{
    /// <summary>Starts it; doing it twice starts one.</summary>
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
            // Each engine has its own exception for a start that another one was faster than.
            if (await FindAsync(client, run, cancellationToken) is null)
            {
                throw;
            }
        }
    }

    /// <summary>Has it look at the record now; it does so by itself a few seconds later.</summary>
    public async Task WakeAsync(DurableTaskClient client, ExperimentRun run, CancellationToken cancellationToken)
    {
        var delivery = await events.SendAsync(client, run.InstanceId, new ExperimentMoved(), cancellationToken);
        if (delivery is not EventDelivery.Taken)
        {
            await MendAsync(client, run, cancellationToken);
        }
    }

    /// <summary>
    /// Sees to a run that has not ended: an orchestration that is gone begins anew, since all that it knew is in the record; one
    /// that failed or was ended by hand ends the run, and what it was training is canceled.
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
    /// Forgets the orchestration of an ended run. The record is ended before the orchestration is, and what goes on cannot be
    /// purged: false when it does not end within seconds, and nothing is forgotten then.
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
