using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>Cancels a run that has not ended. Repeated requests have no further effect.</summary>
public sealed class RunCancellation(IRunStore runs, RunEvents events, OrphanedRuns orphans, TimeProvider time)
{
    public Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        EndAsync(
            client,
            run,
            r => r.CancelRequestedAt is null ? r with { CancelRequestedAt = time.GetUtcNow() } : null,
            cancellationToken
        );

    /// <summary>Cancels the run and hides it from its owner at once; its data is deleted when it has ended.</summary>
    public Task DeleteAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        EndAsync(client, run, r => r.Deleted(time.GetUtcNow()), cancellationToken);

    private async Task EndAsync(
        DurableTaskClient client,
        TrainingRun run,
        Func<TrainingRun, TrainingRun?> change,
        CancellationToken cancellationToken
    )
    {
        await runs.ChangeAsync(run.Id, change, cancellationToken);
        var signal = new CancelRequested { WhileStoring = run.Phase is RunPhase.Storing };
        var delivery = await events.SendAsync(client, run.Id, signal, cancellationToken);
        if (delivery is not EventDelivery.Taken)
        {
            await orphans.TryEndAsync(client, run.Id, cancellationToken);
        }
    }
}
