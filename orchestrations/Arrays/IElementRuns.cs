using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Arrays;

/// <summary>Starts and cancels the runs of arrays in the same way as runs that users submit.</summary>
public interface IElementRuns
{
    /// <summary>Starts the orchestration of an accepted run. Idempotent.</summary>
    Task StartAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);

    /// <summary>Asks for the end of a run that has not ended. Idempotent.</summary>
    Task CancelAsync(DurableTaskClient client, TrainingRun run, CancellationToken cancellationToken);
}
