using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Orchestrations.Experiments;

namespace Trainyard.Functions.Experiments;

/// <summary>Starts and cancels the training runs of experiments in the same way as all other runs.</summary>
internal sealed class TrialRuns(RunStarter starter, RunCancellation cancellation, ModelStoring storing) : ITrialRuns
{
    public Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        starter.StartAsync(client, run, cancellationToken);

    public Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        cancellation.CancelAsync(client, run, cancellationToken);

    public async Task<Guid?> KeepModelAsync(
        DurableTaskClient client,
        TrainingRun run,
        string name,
        CancellationToken cancellationToken
    ) => (await storing.StoreAsync(client, run, name, cancellationToken))?.Id;
}
