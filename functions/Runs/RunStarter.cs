using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;
using Trainyard.Orchestrations.Arrays;

namespace Trainyard.Functions.Runs;

/// <summary>Starts the orchestration of an accepted run or array. Idempotent.</summary>
public sealed class RunStarter(PoolOptions pool)
{
    public async Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken)
    {
        // An ended run may have no orchestration: it is purged before the record is.
        if (run.Phase.IsTerminal() || await IsThereAsync(client, run, cancellationToken))
        {
            return;
        }
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                run.IsArray ? nameof(ArrayOrchestrator) : nameof(TrainingRunOrchestrator),
                run.IsArray ? ArrayRequest.For(run) : TrainingRunRequest.For(run, pool),
                new StartOrchestrationOptions(run.Id.ToString()),
                cancellationToken
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Another request may have started it first. Each engine throws its own exception for that.
            if (!await IsThereAsync(client, run, cancellationToken))
            {
                throw;
            }
        }
    }

    private static async Task<bool> IsThereAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    ) => await client.GetInstanceAsync(run.Id.ToString(), getInputsAndOutputs: false, cancellationToken) is not null;
}
