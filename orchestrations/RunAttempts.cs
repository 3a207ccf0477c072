using Microsoft.DurableTask;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations;

/// <summary>Runs attempts one after the other, until one ends for good or the owner cancels.</summary>
internal static class RunAttempts
{
    public static async Task<RunVerdict> UntilEndedAsync(
        TaskOrchestrationContext context,
        TrainingRunRequest request,
        RunSignals signals,
        RunNotices notices
    )
    {
        var tries = new AttemptTries(request.Retries);
        var delay = TimeSpan.Zero;
        string? gaveWay = null;
        for (var attempt = 1; ; attempt++)
        {
            if (signals.Cancel.Next.IsCompleted)
            {
                return Halted(attempt == 1 ? null : attempt - 1);
            }
            var enqueue = new EnqueueRunRequest
            {
                RunId = request.RunId,
                Attempt = attempt,
                Learners = request.Learners,
                Delay = delay,
                GaveWay = gaveWay,
            };
            await context.CallActivityAsync(nameof(EnqueueRun), enqueue, RetryPolicies.OwnStores);
            var watch = new AttemptWatch(context, request, attempt, signals, notices);
            var end = await watch.UntilEndedAsync();
            if (end.CanceledBeforeStart)
            {
                return Halted(attempt == 1 ? null : attempt - 1);
            }
            if (!tries.TryAgain(end) || end.CancelRequested)
            {
                var verdict = OfLearner(Verdict(end, attempt, request), end);
                return WithUndelivered(verdict, end.Finished?.Undelivered);
            }
            gaveWay = end.Finished is { Outcome: AttemptOutcome.Preempted } preempted ? preempted.Message : null;
            delay = gaveWay is null ? DelayAfter(end, attempt - tries.Preempted) : TimeSpan.Zero;
        }
    }

    // Repeats the first attempt at once when a node handed it back or was lost: a node that hands back is shutting
    // down, and the expiry of a lease was delay enough. Later attempts are delayed.
    private static TimeSpan DelayAfter(AttemptEnd end, int failures) =>
        IsTakenAway(end) && failures == 1 ? TimeSpan.Zero : RetryDelays.After(failures);

    private static bool IsTakenAway(AttemptEnd end) =>
        end.LostNode is not null || end.Finished is { Outcome: AttemptOutcome.HandedBack };

    /// <summary>Canceled by its owner.</summary>
    /// <param name="attempt">The last attempt; null when none began.</param>
    public static RunVerdict Halted(int? attempt) =>
        new()
        {
            Phase = RunPhase.Halted,
            Reason = RunReason.CanceledByOwner,
            StoredAttempt = attempt,
        };

    // The node of a canceled attempt still delivers what the command wrote; it may be gone before it has.
    private static string? LeftBehind(AttemptEnd end) =>
        end switch
        {
            { LostNode: { } node } => $"node {node} was lost before it had delivered them",
            { Finished.Outcome: AttemptOutcome.HandedBack } => "the node stopped before it had delivered them",
            { Finished.Outcome: AttemptOutcome.Preempted } => "it was giving way to another run, which keeps none",
            _ => null,
        };

    private static RunVerdict Verdict(AttemptEnd end, int attempt, TrainingRunRequest request)
    {
        if (
            end.CancelRequested
            && end.Finished?.Outcome
                is null
                    or AttemptOutcome.Canceled
                    or AttemptOutcome.HandedBack
                    or AttemptOutcome.Preempted
        )
        {
            return WithUndelivered(Halted(attempt), end.Finished?.Undelivered is null ? LeftBehind(end) : null);
        }
        if (end.LostNode is { } node)
        {
            return Failed(RunReason.NodeLost(node, attempt), attempt);
        }
        var finished = end.Finished!;
        return finished.Outcome switch
        {
            AttemptOutcome.Succeeded => new RunVerdict
            {
                Phase = RunPhase.Completed,
                Reason = RunReason.Succeeded,
                StoredAttempt = attempt,
            },
            AttemptOutcome.Canceled when end.Overdue is { } overdue => Failed(overdue, attempt),
            AttemptOutcome.Canceled => Halted(attempt),
            AttemptOutcome.CommandFailed => Failed(RunReason.CommandFailed(finished.ExitCode ?? -1), attempt),
            AttemptOutcome.MaxDurationExceeded when finished.ExitCode is null => Failed(
                RunReason.User("max_duration", $"its data was not fetched within {request.MaxDuration:c}"),
                attempt
            ),
            AttemptOutcome.MaxDurationExceeded => Failed(
                RunReason.MaxDuration(request.MaxDuration ?? TimeSpan.Zero),
                attempt
            ),
            AttemptOutcome.OutOfMemory => Failed(RunReason.User("out_of_memory", finished.Message), attempt),
            AttemptOutcome.DownloadFailed => Failed(
                ObjectStoreReasons.OfDownload(finished.Cause, finished.Message),
                attempt
            ),
            AttemptOutcome.ArchiveFailed => Failed(RunReason.User("archive_failed", finished.Message), attempt),
            AttemptOutcome.ImageFailed => Failed(RunReason.User("image_failed", finished.Message), attempt),
            AttemptOutcome.DependenciesFailed => Failed(
                RunReason.User("dependencies_failed", finished.Message),
                attempt
            ),
            AttemptOutcome.ScratchLimit => Failed(RunReason.User("scratch_limit", finished.Message), attempt),
            AttemptOutcome.ResultsLimit => Failed(RunReason.User("results_limit", finished.Message), attempt),
            AttemptOutcome.StagingFailed => Failed(RunReason.System("staging_failed", finished.Message), attempt),
            AttemptOutcome.HandedBack => Failed(RunReason.System("node_lost", finished.Message), attempt),
            AttemptOutcome.NoRoom => Failed(RunReason.System("node_full", finished.Message), attempt),
            _ => Failed(RunReason.System("node_failed", finished.Message), attempt),
        };
    }

    private static RunVerdict OfLearner(RunVerdict verdict, AttemptEnd end)
    {
        if (end.Learner is not { } learner)
        {
            return verdict;
        }
        var decided = verdict with { Learner = learner, ExitCode = end.Finished?.ExitCode };
        return verdict.Phase is RunPhase.Failed && !IsOutOfTime(end)
            ? decided with
            {
                Reason = verdict.Reason with { Message = $"learner {learner}: {verdict.Reason.Message}" },
            }
            : decided;
    }

    // A run's time is over for all of its learners at once; every other failure is one learner's.
    private static bool IsOutOfTime(AttemptEnd end) =>
        end.Overdue is not null || end.Finished is { Outcome: AttemptOutcome.MaxDurationExceeded, ExitCode: not null };

    // The command's outcome is the first reason; missing log or results are added as the second.
    private static RunVerdict WithUndelivered(RunVerdict verdict, string? undelivered) =>
        undelivered is null
            ? verdict
            : verdict with
            {
                Reason = verdict.Reason.WithSecond("Not all results left the node", undelivered),
            };

    private static RunVerdict Failed(RunReason reason, int attempt) =>
        new()
        {
            Phase = RunPhase.Failed,
            Reason = reason,
            StoredAttempt = attempt,
        };
}
