using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>
/// Forgets an ended run: its orchestration, then all else. The orchestration's last steps, such as telling a webhook for an
/// hour, may still go on, and what goes on cannot be purged: it is ended first.
/// </summary>
public sealed class RunDeletion(RunEraser eraser, TimeProvider time)
{
    // A run that ended just now is soon through with what is left; later something holds it up.
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(1);

    /// <summary>
    /// False, and nothing is forgotten, when the orchestration does not end within seconds. It has been told to: a later call
    /// finds it ended.
    /// </summary>
    public async Task<bool> TryDeleteAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        if (!await TryForgetModelStoringAsync(client, run, cancellationToken))
        {
            return false;
        }
        var id = run.Id.ToString();
        var instance = await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken);
        if (instance is { IsCompleted: false } && !await EndAsync(client, run, id, cancellationToken))
        {
            return false;
        }
        if (!await TryPurgeStoringAsync(client, run, cancellationToken))
        {
            return false;
        }
        await client.PurgeInstanceAsync(id, cancellation: cancellationToken);
        await eraser.EraseAsync(run, cancellationToken);
        return true;
    }

    // A model is copied from the run's results: they stay until it is stored.
    private async Task<bool> TryForgetModelStoringAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        var id = StoreModelOrchestrator.InstanceOf(run.Id);
        var instance = await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken);
        if (instance is null)
        {
            return true;
        }
        if (!instance.IsCompleted && !await InstanceEnds.WithinSecondsAsync(client, id, time, cancellationToken))
        {
            return false;
        }
        await client.PurgeInstanceAsync(id, cancellation: cancellationToken);
        return true;
    }

    // The orchestrations of a long plan, where there were any. The last goes first: one that is cut short finds the others again.
    private async Task<bool> TryPurgeStoringAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        var batches = 0;
        while (await FindBatchAsync(client, run, batches, cancellationToken) is { } instance)
        {
            if (!instance.IsCompleted && !await EndAsync(client, run, instance.InstanceId, cancellationToken))
            {
                return false;
            }
            batches++;
        }
        while (batches-- > 0)
        {
            var id = StoreUnitsOrchestrator.InstanceOf(run.Id, batches);
            await client.PurgeInstanceAsync(id, cancellation: cancellationToken);
        }
        return true;
    }

    private static Task<OrchestrationMetadata?> FindBatchAsync(
        DurableTaskClient client,
        TrainingRun run,
        int batch,
        CancellationToken cancellationToken
    ) =>
        client.GetInstanceAsync(
            StoreUnitsOrchestrator.InstanceOf(run.Id, batch),
            getInputsAndOutputs: false,
            cancellationToken
        );

    private async Task<bool> EndAsync(
        DurableTaskClient client,
        TrainingRun run,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (
            run.FinishedAt > time.GetUtcNow() - JustNow
            && await InstanceEnds.WithinSecondsAsync(client, id, time, cancellationToken)
        )
        {
            return true;
        }
        try
        {
            await client.TerminateInstanceAsync(id, output: null, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Each engine has its own exception for an instance that ended just now.
            if (
                await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken) is
                { IsCompleted: false }
            )
            {
                throw;
            }
            return true;
        }
        return await InstanceEnds.WithinSecondsAsync(client, id, time, cancellationToken);
    }
}
