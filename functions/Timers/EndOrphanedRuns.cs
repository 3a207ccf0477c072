using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;

namespace Trainyard.Functions.Timers;

/// <summary>Finds and ends orphaned runs: runs that have not ended although their orchestration has.</summary>
public sealed partial class EndOrphanedRuns(
    IRunStore runs,
    OrphanedRuns orphans,
    TimeProvider time,
    ILogger<EndOrphanedRuns> logger
)
{
    private static readonly RunPhase[] UnderWay =
    [
        RunPhase.Queued,
        RunPhase.Downloading,
        RunPhase.Processing,
        RunPhase.Storing,
    ];

    // A run that changed within this time has a live orchestration, so it needs no look-up.
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    // Every two minutes.
    [Function(nameof(EndOrphanedRuns))]
    public async Task RunAsync(
        [TimerTrigger("30 */2 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var before = time.GetUtcNow() - Lately;
        string? continuation = null;
        do
        {
            var query = new RunQuery { Phases = UnderWay, Continuation = continuation };
            var page = await runs.QueryAsync(query, cancellationToken);
            foreach (var run in page.Runs.Where(run => run.ModifiedAt < before))
            {
                await TryEndAsync(client, run.Id, cancellationToken);
            }
            continuation = page.Continuation;
        } while (continuation is not null);
    }

    // A run that cannot be ended now must not block the others; the next timer call tries it again.
    private async Task TryEndAsync(DurableTaskClient client, RunId id, CancellationToken cancellationToken)
    {
        try
        {
            await orphans.TryEndAsync(client, id, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(id.ToString(), e);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Whether anything moves {RunId} cannot be told now")]
    private partial void LogFailed(string runId, Exception exception);
}
