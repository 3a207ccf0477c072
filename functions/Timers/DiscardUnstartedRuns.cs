using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Clears the leftovers of submits that were cut short before their answer: records without an orchestration, archives
/// and secrets without a record. The client got no answer, so no accepted run is lost.
/// </summary>
public sealed partial class DiscardUnstartedRuns(
    UnstartedSubmissions submissions,
    TimeProvider time,
    ILogger<DiscardUnstartedRuns> logger
)
{
    // A large archive over a slow line may take this long to upload; no submit takes longer.
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    // Every ten minutes.
    [Function(nameof(DiscardUnstartedRuns))]
    public async Task RunAsync(
        [TimerTrigger("0 */10 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var before = time.GetUtcNow() - Age;
        Task<bool> IsUnstarted(TrainingRun run) => IsUnstartedAsync(client, run, cancellationToken);
        await foreach (var key in submissions.DiscardAsync(before, IsUnstarted, cancellationToken))
        {
            LogDiscarded(key.ToString());
        }
    }

    private static async Task<bool> IsUnstartedAsync(
        DurableTaskClient client,
        TrainingRun run,
        CancellationToken cancellationToken
    ) =>
        run.Phase is RunPhase.Queued
        && run.Attempt == 0
        && await client.GetInstanceAsync(run.Id.ToString(), getInputsAndOutputs: false, cancellationToken) is null;

    [LoggerMessage(1, LogLevel.Warning, "Discarded {Submission}: its submit was cut short before it was accepted")]
    private partial void LogDiscarded(string submission);
}
