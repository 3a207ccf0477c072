using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Timers;

/// <summary>Forgets the runs whose retention has ended, with everything that belongs to them.</summary>
public sealed partial class PurgeExpiredRuns(
    IRunStore runs,
    RunEraser eraser,
    RetentionOptions retention,
    TimeProvider time,
    ILogger<PurgeExpiredRuns> logger
)
{
    private static readonly RunPhase[] Terminal = [RunPhase.Completed, RunPhase.Failed, RunPhase.Halted];

    // At the start of every hour.
    [Function(nameof(PurgeExpiredRuns))]
    public async Task RunAsync(
        [TimerTrigger("0 0 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var purged = 0;
        string? continuation = null;
        do
        {
            // A manifest may ask for a shorter time than the service's, so every ended run is looked at.
            var query = new RunQuery
            {
                Phases = Terminal,
                FinishedBefore = now,
                Continuation = continuation,
            };
            var page = await runs.QueryAsync(query, cancellationToken);
            foreach (var run in page.Runs.Where(r => r.FinishedAt + (r.Manifest.Retention ?? retention.Period) <= now))
            {
                await client.PurgeInstanceAsync(run.Id.ToString(), cancellation: cancellationToken);
                await eraser.EraseAsync(run, cancellationToken);
                purged++;
            }
            continuation = page.Continuation;
        } while (continuation is not null);
        LogPurged(purged);
    }

    [LoggerMessage(1, LogLevel.Information, "Purged {Count} runs whose retention has ended")]
    private partial void LogPurged(int count);
}
