using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Experiments;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>What is left to do for an experiment's run that has ended: its best models are kept, what its training runs were made from is forgotten.</summary>
public sealed class FinishExperiment(ExperimentEnding ending)
{
    [Function(nameof(FinishExperiment))]
    public Task RunAsync([ActivityTrigger] ExperimentRequest request, CancellationToken cancellationToken) =>
        ending.FinishAsync(request.Owner, request.Id, cancellationToken);
}
