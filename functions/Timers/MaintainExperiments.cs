using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Functions.Experiments;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Restarts or ends experiment runs whose orchestration is gone, and deletes those whose retention has ended.
/// </summary>
public sealed partial class MaintainExperiments(
    IRecordStore<ExperimentRun> records,
    ExperimentOrchestrations orchestrations,
    ExperimentEnding ending,
    RetentionOptions retention,
    TimeProvider time,
    ILogger<MaintainExperiments> logger
)
{
    // Every two minutes.
    [Function("MendExperiments")]
    public async Task MendAsync(
        [TimerTrigger("45 */2 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        await foreach (var run in records.ListOpenAsync(cancellationToken))
        {
            await TryAsync(run, () => orchestrations.MendAsync(client, run, cancellationToken), cancellationToken);
        }
    }

    // Every hour, ten minutes past.
    [Function("PurgeExperiments")]
    public async Task PurgeAsync(
        [TimerTrigger("0 10 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        await foreach (var run in records.ListClosedAsync(now, cancellationToken))
        {
            if (run.DeletedAt is not null || run.EndedAt + retention.Period <= now)
            {
                await TryAsync(run, () => ForgetAsync(client, run, cancellationToken), cancellationToken);
            }
        }
    }

    private async Task ForgetAsync(DurableTaskClient client, ExperimentRun run, CancellationToken cancellationToken)
    {
        if (await orchestrations.TryPurgeAsync(client, run, cancellationToken))
        {
            await ending.DeleteAsync(run, cancellationToken);
        }
    }

    // An experiment run that fails now must not block the others; the next timer call tries it again.
    private async Task TryAsync(ExperimentRun run, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(run.Id, e);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The experiment run {RunId} cannot be seen to now")]
    private partial void LogFailed(Guid runId, Exception exception);
}
