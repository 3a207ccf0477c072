using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Orchestrations.Arrays;

namespace Trainyard.Functions.Arrays;

internal sealed class ElementRuns(RunStarter starter, RunCancellation cancellation) : IElementRuns
{
    public Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        starter.StartAsync(client, run, cancellationToken);

    public Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        cancellation.CancelAsync(client, run, cancellationToken);
}
