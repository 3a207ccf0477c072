using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;

namespace Trainyard.Functions.Timers;

/// <summary>Deletes the runs whose retention has ended, with everything that belongs to them.</summary>
public sealed partial class PurgeExpiredRuns(
    IRunStore runs,
    RunDeletion deletion,
    RetentionOptions retention,
    TimeProvider time,
    ILogger<PurgeExpiredRuns> logger
)
{
    // At the start of every hour.
    [Function(nameof(PurgeExpiredRuns))]
    public async Task RunAsync(
        [TimerTrigger("0 0 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var purged = 0;
        await foreach (var run in runs.ListPurgeableAsync(time.GetUtcNow(), retention.Period, cancellationToken))
        {
            if (await TryDeleteAsync(client, run, cancellationToken))
            {
                purged++;
            }
        }
        LogPurged(purged);
    }

    // A run that cannot be deleted now must not block the others; the next timer call tries it again.
    private async Task<bool> TryDeleteAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (await deletion.TryDeleteAsync(client, run, cancellationToken))
            {
                return true;
            }
            LogGoesOn(run.Id.ToString());
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(run.Id.ToString(), e);
        }
        return false;
    }

    [LoggerMessage(2, LogLevel.Warning, "{RunId} was not purged: its orchestration goes on")]
    private partial void LogGoesOn(string runId);

    [LoggerMessage(3, LogLevel.Error, "{RunId} was not purged")]
    private partial void LogFailed(string runId, Exception exception);

    [LoggerMessage(1, LogLevel.Information, "Purged {Count} runs whose retention has ended")]
    private partial void LogPurged(int count);
}
