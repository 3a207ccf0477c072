using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Orchestrations;

/// <summary>How an attempt ended: by its node's report, or by its node's silence.</summary>
internal sealed record AttemptEnd
{
    public RunFinished? Finished { get; init; }

    public string? LostNode { get; init; }

    /// <summary>Whether the owner had asked for a cancel by then.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Canceled while it still waited for a node: nothing ran.</summary>
    public bool CanceledBeforeStart { get; init; }
}

/// <summary>
/// Waits for the first of: the node's report, the node's loss, a cancel, the deadline. A cancel or the deadline tell the
/// node to stop; its report (or its loss) is then still waited for, because it brings log and results.
/// </summary>
internal static class AttemptWatch
{
    // The node enforces the limit to the second. This is for a node that does not; it also leaves time for the download.
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromMinutes(5);

    public static async Task<AttemptEnd> UntilEndedAsync(
        TaskOrchestrationContext context,
        TrainingRunRequest request,
        int attempt,
        RunSignals signals,
        RunNotices notices
    )
    {
        using var stopTimer = new CancellationTokenSource();
        var canceled = false;
        Task? deadline = null;
        try
        {
            while (true)
            {
                await Task.WhenAny(Waits(signals, canceled, deadline));
                if (signals.Finished.Next.IsCompleted)
                {
                    var finished = signals.Finished.Take();
                    if (finished.Attempt == attempt)
                        return new AttemptEnd { Finished = finished, CancelRequested = canceled };
                }
                else if (signals.Lost.Next.IsCompleted)
                {
                    var lost = signals.Lost.Take();
                    if (lost.Attempt == attempt)
                        return new AttemptEnd { LostNode = lost.Node, CancelRequested = canceled };
                }
                else if (signals.Started.Next.IsCompleted)
                {
                    var started = signals.Started.Take();
                    notices.Tell(RunState.Running);
                    if (started.Attempt == attempt && deadline is null && request.MaxDuration is { } limit)
                        deadline = context.CreateTimer(limit + DeadlineSlack, stopTimer.Token);
                }
                else if (!canceled && signals.Cancel.Next.IsCompleted)
                {
                    canceled = true;
                    if (await StopAsync(context, request, attempt) is CancelOutcome.Removed)
                        return new AttemptEnd { CancelRequested = true, CanceledBeforeStart = true };
                }
                else if (deadline is { IsCompleted: true })
                {
                    deadline = null;
                    await StopAsync(context, request, attempt);
                }
            }
        }
        finally
        {
#pragma warning disable MA0042, CA1849 // CancelAsync leaves the engine's thread; the timer must be canceled on it.
            stopTimer.Cancel();
#pragma warning restore MA0042, CA1849
        }
    }

    private static List<Task> Waits(RunSignals signals, bool canceled, Task? deadline)
    {
        var waits = new List<Task> { signals.Finished.Next, signals.Lost.Next, signals.Started.Next };
        if (!canceled)
            waits.Add(signals.Cancel.Next);
        if (deadline is not null)
            waits.Add(deadline);
        return waits;
    }

    private static async Task<CancelOutcome> StopAsync(
        TaskOrchestrationContext context,
        TrainingRunRequest request,
        int attempt
    )
    {
        var stop = new StopAttemptRequest { RunId = request.RunId, Attempt = attempt };
        var result = await context.CallActivityAsync<StopAttemptResult>(
            nameof(StopAttempt),
            stop,
            RetryPolicies.OwnStores
        );
        return result.Outcome;
    }
}
