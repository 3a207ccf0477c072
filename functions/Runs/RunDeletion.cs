using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>
/// Erases an ended run: its orchestration first, then everything else. The orchestration may still be busy with its
/// last steps, such as an hour of webhook retries. A running instance cannot be purged, so it is terminated first.
/// </summary>
public sealed class RunDeletion(RunEraser eraser, IRunStore runs, TimeProvider time)
{
    // The last steps of a run that has just ended are soon done; when they take longer, something holds them up.
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(1);

    private const int AtOnce = 16;

    /// <summary>
    /// Returns false, and erases nothing, when the orchestration does not end within seconds. It was told to end by
    /// then, so a later call succeeds.
    /// </summary>
    public async Task<bool> TryDeleteAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        if (
            !await TryDeleteElementsAsync(client, run, cancellationToken)
            || !await TryForgetModelStoringAsync(client, run, cancellationToken)
        )
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

    // The runs of an array use its archive, so they go first; if this is cut short, the next call finds the rest.
    private async Task<bool> TryDeleteElementsAsync(
        DurableTaskClient client,
        TrainingRun array,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in Enumerable.Range(0, array.Manifest.Array?.Count ?? 0).Chunk(AtOnce))
        {
            var deleted = await Task.WhenAll(
                some.Select(index =>
                    TryDeleteElementAsync(client, ArrayElement.IdOf(array.Id, index), cancellationToken)
                )
            );
            if (deleted.Contains(false))
            {
                return false;
            }
        }
        return true;
    }

    // One that does not exist counts as deleted.
    private async Task<bool> TryDeleteElementAsync(
        DurableTaskClient client,
        RunId id,
        CancellationToken cancellationToken
    ) =>
        (await runs.GetAsync(id, cancellationToken))?.Run is not { } run
        || (run.Phase.IsTerminal() && await TryDeleteAsync(client, run, cancellationToken));

    // A model is copied from the run's results, so the results stay until the model is stored.
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

    // Purges the sub-orchestrations of a long storing plan, last one first: if this is cut short, the next call still
    // finds the rest by counting from 0.
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
            // The instance may have just ended. Each engine throws its own exception for that.
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
