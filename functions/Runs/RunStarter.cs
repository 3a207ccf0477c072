using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>Starts the orchestration of an accepted run; doing it twice starts one.</summary>
public sealed class RunStarter(PoolOptions pool)
{
    public async Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken)
    {
        // The orchestration of an ended run goes before its record does.
        if (run.Phase.IsTerminal() || await IsThereAsync(client, run, cancellationToken))
        {
            return;
        }
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(TrainingRunOrchestrator),
                TrainingRunRequest.For(run, pool),
                new StartOrchestrationOptions(run.Id.ToString()),
                cancellationToken
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Each engine has its own exception for a start that another one was faster than.
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
