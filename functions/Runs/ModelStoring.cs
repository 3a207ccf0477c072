using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>Stores a run's model, and waits for it as long as a request may take.</summary>
public sealed class ModelStoring(ModelRepository repository, TimeProvider time)
{
    // Shorter than the time that proxies and Azure's own front end wait for an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <returns>The model, whose files may still be being copied; null when the run kept none.</returns>
    public async Task<StoredModel?> StoreAsync(
        DurableTaskClient client,
        TrainingRun run,
        string? name,
        CancellationToken cancellationToken
    )
    {
        var model = await repository.BeginAsync(run, name, cancellationToken);
        if (model is not { IsBeingStored: true })
        {
            return model;
        }
        await StartAsync(client, run, cancellationToken);
        await InstanceEnds.WithinAsync(
            client,
            StoreModelOrchestrator.InstanceOf(run.Id),
            Patience,
            time,
            cancellationToken
        );
        return await repository.FindAsync(run.Owner, model.Id, cancellationToken) ?? model;
    }

    private static async Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken)
    {
        var id = StoreModelOrchestrator.InstanceOf(run.Id);
        var there = await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken);
        if (there is { IsCompleted: false })
        {
            return;
        }
        if (there is not null)
        {
            // This instance stored a model that was deleted since, or it failed.
            await client.PurgeInstanceAsync(id, cancellation: cancellationToken);
        }
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(StoreModelOrchestrator),
                new StoreModelInput { RunId = run.Id },
                new StartOrchestrationOptions(id),
                cancellationToken
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Another request may have started it first. Each engine throws its own exception for that.
            if (await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken) is null)
            {
                throw;
            }
        }
    }
}
