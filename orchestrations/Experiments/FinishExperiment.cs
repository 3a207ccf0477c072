using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Experiments;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>What is left to do for an experiment's run that has ended: its best models are kept, what its training runs were made from is forgotten.</summary>
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
