using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Arrays;

/// <summary>What an array's record says when its runs stand like this. Deterministic.</summary>
internal static class ArrayDecision
{
    /// <param name="array">The record.</param>
    /// <param name="phases">The phase of each of its runs, by index; null for one that has not begun.</param>
    /// <param name="failures">Sentences on the first runs that failed; needed once all have ended.</param>
    /// <param name="now">The time of a change of phase.</param>
    public static TrainingRun Decide(
        TrainingRun array,
        IReadOnlyList<RunPhase?> phases,
        ArrayFailures failures,
        DateTimeOffset now
    )
    {
        var counts = ArrayCounts.Of(phases);
        // A queued record without an attempt counts as never started, and is discarded if its orchestration is gone.
        var moved = array with
        {
            ElementPhases = phases,
            Attempt = 1,
        };
        if (counts.Ended < phases.Count)
        {
            moved = counts.Begun > 0 ? MoveThrough(moved, now, RunPhase.Downloading, RunPhase.Processing) : moved;
            return moved.Because(RunReason.Underway("array_under_way", counts.ToString()));
        }
        if (counts.Completed == phases.Count)
        {
            moved = MoveThrough(moved, now, RunPhase.Downloading, RunPhase.Processing, RunPhase.Storing);
            return moved.MoveTo(RunPhase.Completed, RunReason.Succeeded, now);
        }
        return counts.Canceled > 0 && (array.CancelRequestedAt is not null || counts.Failed == 0)
            ? moved.MoveTo(RunPhase.Halted, CanceledReason(array, counts), now)
            : moved.MoveTo(RunPhase.Failed, failures.ToReason(counts), now);
    }

    private static RunReason CanceledReason(TrainingRun array, ArrayCounts counts) =>
        array.CancelRequestedAt is not null
            ? RunReason.CanceledByOwner with
            {
                Message = counts.ToString(),
            }
            : RunReason.User("array_canceled", counts.ToString());

    private static TrainingRun MoveThrough(TrainingRun run, DateTimeOffset now, params ReadOnlySpan<RunPhase> phases)
    {
        foreach (var phase in phases)
        {
            if (run.Phase < phase)
            {
                run = run.MoveTo(phase, null, now);
            }
        }
        return run;
    }
}
