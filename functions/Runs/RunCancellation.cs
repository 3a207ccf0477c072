using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>Requests the end of a run that has not ended. Idempotent.</summary>
public sealed class RunCancellation(IRunStore runs, RunEvents events, OrphanedRuns orphans, TimeProvider time)
{
    public Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken) =>
        EndAsync(
            client,
            run,
            r => r.CancelRequestedAt is null ? r with { CancelRequestedAt = time.GetUtcNow() } : null,
            cancellationToken
        );

    /// <summary>Cancels the run and hides it at once; what is left of it is erased when it has ended.</summary>
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
