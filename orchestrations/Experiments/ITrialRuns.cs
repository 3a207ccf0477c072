using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>Starts and cancels the training runs of experiments, as it is done for those that users submit.</summary>
public interface ITrialRuns
{
    /// <summary>Starts the orchestration of an accepted run; doing it twice starts one.</summary>
    Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);

    /// <summary>Asks for the end of a run that has not ended. Asking twice is asking once.</summary>
    Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);

    /// <summary>Has a completed run's model kept in the repository; its id, or null where it left none.</summary>
    Task<Guid?> KeepModelAsync(
        DurableTaskClient client,
        TrainingRun run,
        string name,
        CancellationToken cancellationToken
    );
}
