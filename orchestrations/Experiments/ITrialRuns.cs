using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>Starts and cancels the training runs of experiments in the same way as runs that users submit.</summary>
public interface ITrialRuns
{
    /// <summary>Starts the orchestration of an accepted run. Idempotent.</summary>
    Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);

    /// <summary>Asks for the end of a run that has not ended. Idempotent.</summary>
    Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a completed run's model in the repository. Returns its id, or null when the run left no model.
    /// </summary>
    Task<Guid?> KeepModelAsync(
        DurableTaskClient client,
        TrainingRun run,
        string name,
        CancellationToken cancellationToken
    );
}
