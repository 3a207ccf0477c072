using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Experiments;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>
/// Cleans up after an ended experiment run: keeps the best models and deletes the inputs of its training runs.
/// </summary>
public sealed class FinishExperiment(ExperimentEnding ending, ITrialRuns runs)
{
    [Function(nameof(FinishExperiment))]
    public Task RunAsync(
        [ActivityTrigger] ExperimentRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) =>
        ending.FinishAsync(
            request.Owner,
            request.Id,
            (run, name) => runs.KeepModelAsync(client, run, name, cancellationToken),
            cancellationToken
        );
}
