using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Runs;

/// <summary>
/// Deletes a run in any phase, as the services of 2018 did. A run that has not ended is hidden at once and canceled;
/// what is left of it is erased when it has ended.
/// </summary>
public sealed class RunRemoval(OrphanedRuns orphans, RunDeletion deletion, RunCancellation cancellation)
{
    public async Task RemoveAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken)
    {
        var current = run.Phase.IsTerminal() ? run : await orphans.TryEndAsync(client, run.Id, cancellationToken);
        var isGone =
            current is null
            || (current.Phase.IsTerminal() && await deletion.TryDeleteAsync(client, current, cancellationToken));
        if (!isGone)
        {
            await cancellation.DeleteAsync(client, current!, cancellationToken);
        }
    }
}
