using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions;

/// <summary>Starts the orchestration of an accepted run; doing it twice starts one.</summary>
public sealed class RunStarter
{
    public async Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken)
    {
        var id = run.Id.ToString();
        if (await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken) is not null)
            return;
        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(TrainingRunOrchestrator),
            TrainingRunRequest.For(run),
            new StartOrchestrationOptions(id),
            cancellationToken
        );
    }
}
