using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Experiments;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Timers;

/// <summary>Deletes kept models of completed runs while the service's disk is short of space.</summary>
public sealed partial class ReleaseKeptModels(
    KeptModelCleanup models,
    IRecordStore<ExperimentRun> experiments,
    ILogger<ReleaseKeptModels> logger
)
{
    // Every 15 seconds.
    [Function(nameof(ReleaseKeptModels))]
    public async Task RunAsync(
        [TimerTrigger("*/15 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        Task<bool> IsNeeded(TrainingRun run) => IsNeededAsync(client, run, cancellationToken);
        await foreach (var model in models.ReleaseAsync(IsNeeded, cancellationToken))
        {
            LogReleased(model.RunId.ToString(), model.Bytes);
        }
    }

    // An experiment stores its best model in the repository, as the last step of its orchestration.
    private async Task<bool> IsNeededAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        if (
            run.Trial is not { } trial
            || (await experiments.GetAsync(run.Owner, trial.ExperimentRunId, cancellationToken))?.Record
                is not { } experiment
        )
        {
            return false;
        }
        return experiment.EndedAt is null
            || await client.GetInstanceAsync(experiment.InstanceId, getInputsAndOutputs: false, cancellationToken)
                is { IsCompleted: false };
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Deleted the kept model of {RunId}, {Bytes} bytes, because less than twice Blobs__MinFreeBytes is free; it is in the run's results bucket"
    )]
    private partial void LogReleased(string runId, long bytes);
}
