using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Orchestrations;

/// <summary>How an attempt ended: by the reports or the loss of its nodes, or by a cancel in the queue.</summary>
internal sealed record AttemptEnd
{
    public RunFinished? Finished { get; init; }

    public string? LostNode { get; init; }

    /// <summary>The learner whose end this is; null when the attempt has only one.</summary>
    public int? Learner { get; init; }

    /// <summary>Whether the owner had asked for a cancel before the attempt ended.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>The limit that the attempt exceeded before it was told to stop; null when it exceeded none.</summary>
    public RunReason? Overdue { get; init; }

    /// <summary>Whether the attempt was canceled in the queue, so that nothing ran.</summary>
    public bool CanceledBeforeStart { get; init; }
}

/// <summary>
/// Waits for the first of: the node's report, the node's loss, a cancel, a deadline. After a cancel or a deadline the
/// node is told to stop; the watch still waits for its report (or its loss), because the report brings log and
/// results. With several learners the first failure stops the others, and the watch waits for all reports, because
/// only together they tell which learner failed first.
/// </summary>
internal sealed class AttemptWatch(
    TaskOrchestrationContext context,
    TrainingRunRequest request,
    int attempt,
    RunSignals signals,
    RunNotices notices
)
{
    // The node enforces the limit to the second. This slack applies when the node fails to do so.
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromMinutes(5);

    // How long the other learners may take to deliver after one has failed; then the attempt ends without them.
    private static readonly TimeSpan StragglersPatience = TimeSpan.FromHours(1);

    // The others of an attempt that gives way were told with the first one, and hear it with their next heartbeat; then
    // they are canceled: an agent of an older version does not know the word.
    private static readonly TimeSpan GivingWayPatience = TimeSpan.FromMinutes(5);

    // Their reports are on the way when nothing is leased any more.
    private static readonly TimeSpan ReportsPatience = TimeSpan.FromMinutes(1);

    private readonly LearnerEnds _ends = new(request.Learners);
    private Task? _stragglers;
    private Task? _givingWay;
    private bool _wasStoppedFirst;
    private Task? _deadline;
    private RunReason? _limit;
    private RunReason? _overdue;
    private bool _hasStarted;
    private bool _isCanceled;

    public async Task<AttemptEnd> UntilEndedAsync()
    {
        using var stopTimers = new CancellationTokenSource();
        try
        {
            while (true)
            {
                await Task.WhenAny(Waits());
                if (TakeEnd() is { } end)
                {
                    return end;
                }
                TakeProgress(stopTimers.Token);
                if (_ends.HasFailure && _stragglers is null && !MayGiveWay(stopTimers.Token))
                {
                    await StopOthersAsync(stopTimers.Token);
                    continue;
                }
                if (!_isCanceled && signals.Cancel.Next.IsCompleted)
                {
                    // Takes the event, so that a second cancel is recognized while results are being stored.
                    signals.Cancel.Take();
                    _isCanceled = true;
                    if (await StopAsync() is CancelOutcome.Removed)
                    {
                        return new AttemptEnd { CancelRequested = true, CanceledBeforeStart = true };
                    }
                }
                else if (_deadline is { IsCompleted: true })
                {
                    (_deadline, _overdue) = (null, _limit);
                    await StopAsync();
                }
            }
        }
        finally
        {
#pragma warning disable MA0042, CA1849 // CancelAsync leaves the engine's thread; the timer must be canceled on it.
            stopTimers.Cancel();
#pragma warning restore MA0042, CA1849
        }
    }

    // Skips reports of earlier attempts.
    private AttemptEnd? TakeEnd()
    {
        while (signals.Finished.Next.IsCompleted)
        {
            var finished = signals.Finished.Take();
            if (finished.Attempt == attempt)
            {
                _wasStoppedFirst |= !_ends.HasFailure && (_isCanceled || _overdue is not null);
                _ends.Add(finished);
            }
            if (_ends.AreComplete)
            {
                return Reported();
            }
        }
        while (signals.Lost.Next.IsCompleted)
        {
            var lost = signals.Lost.Take();
            if (lost.Attempt == attempt)
            {
                // All leases of the attempt are void with this one.
                return _ends.GaveWay ? Reported() : End(lost.Learner) with { LostNode = lost.Node };
            }
        }
        return _stragglers is { IsCompleted: true } ? Reported() : null;
    }

    private AttemptEnd Reported()
    {
        var cause = _ends.Cause(_wasStoppedFirst);
        return End(cause.Learner) with { Finished = cause };
    }

    private AttemptEnd End(int learner) =>
        new()
        {
            CancelRequested = _isCanceled,
            Overdue = _overdue,
            Learner = request.Learners == 1 ? null : learner,
        };

    // Whether the others are left to stop as they were told; a cancel would have them deliver results instead.
    private bool MayGiveWay(CancellationToken stopTimers)
    {
        if (!_ends.GaveWay)
        {
            return false;
        }
        _givingWay ??= context.CreateTimer(GivingWayPatience, stopTimers);
        return !_givingWay.IsCompleted;
    }

    private async Task StopOthersAsync(CancellationToken stopTimers)
    {
        var outcome = await StopAsync();
        var patience = outcome is CancelOutcome.Signaled ? StragglersPatience : ReportsPatience;
        _stragglers = context.CreateTimer(patience, stopTimers);
    }

    private void TakeProgress(CancellationToken stopTimers)
    {
        while (signals.Leased.Next.IsCompleted)
        {
            // A lease is given again when its response was lost; the node then starts its downloads anew.
            if (signals.Leased.Take().Attempt == attempt && !_hasStarted)
            {
                SetDeadline(request.DownloadTimeout, request.DownloadTimeout, RunReason.DownloadTimeout, stopTimers);
            }
        }
        while (signals.Started.Next.IsCompleted)
        {
            notices.Tell(RunState.Running);
            if (signals.Started.Take().Attempt != attempt || _hasStarted)
            {
                continue;
            }
            _hasStarted = true;
            var most = request.MaxDuration;
            SetDeadline(most, most + DeadlineSlack, RunReason.MaxDuration, stopTimers);
        }
    }

    private void SetDeadline(
        TimeSpan? most,
        TimeSpan? after,
        Func<TimeSpan, RunReason> reason,
        CancellationToken stopTimers
    )
    {
        _limit = most is { } told ? reason(told) : null;
        _deadline = after is { } time ? context.CreateTimer(time, stopTimers) : null;
    }

    private List<Task> Waits()
    {
        var waits = new List<Task>
        {
            signals.Finished.Next,
            signals.Lost.Next,
            signals.Leased.Next,
            signals.Started.Next,
        };
        if (!_isCanceled)
        {
            waits.Add(signals.Cancel.Next);
        }
        if (_deadline is not null)
        {
            waits.Add(_deadline);
        }
        if (_stragglers is not null)
        {
            waits.Add(_stragglers);
        }
        else if (_givingWay is not null)
        {
            waits.Add(_givingWay);
        }
        return waits;
    }

    private async Task<CancelOutcome> StopAsync()
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
