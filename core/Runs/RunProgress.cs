using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Moves records through their phases. Every move is idempotent.</summary>
public sealed class RunProgress(IRunStore runs, TimeProvider time)
{
    /// <summary>
    /// Queues the run for an attempt. An attempt that has begun already stays as it is, because a node may have
    /// reported progress since. Returns the record, or null when there is none.
    /// </summary>
    public async Task<TrainingRun?> BeginAttemptAsync(
        RunId id,
        int attempt,
        Func<TrainingRun, RunReason?>? reason,
        CancellationToken cancellationToken,
        int learners = 1
    )
    {
        TrainingRun? before = null;
        var after = await runs.ChangeAsync(
            id,
            run =>
            {
                before = run;
                return run.Phase.IsTerminal() || run.Attempt >= attempt
                    ? null
                    : Moved(run, RunPhase.Queued, reason?.Invoke(run)) with
                    {
                        Attempt = attempt,
                        Learners = learners,
                        Node = null,
                        Progress = null,
                    };
            },
            cancellationToken
        );
        RunMeters.Record(before, after);
        return after;
    }

    /// <summary>
    /// Moves a run into a phase unless it is there already or the table forbids it (a late report of an ended run).
    /// The extra change is applied in the same write, and also when the phase does not change.
    /// </summary>
    public async Task<TrainingRun?> MoveAsync(
        RunId id,
        RunPhase phase,
        RunReason? reason,
        CancellationToken cancellationToken,
        Func<TrainingRun, TrainingRun>? alsoChange = null
    )
    {
        TrainingRun? before = null;
        var after = await runs.ChangeAsync(
            id,
            run =>
            {
                before = run;
                if (run.Phase.IsTerminal())
                {
                    return null;
                }
                var moved = Moved(run, phase, reason);
                moved = alsoChange?.Invoke(moved) ?? moved;
                return ReferenceEquals(moved, run) ? null : moved;
            },
            cancellationToken
        );
        RunMeters.Record(before, after);
        return after;
    }

    private TrainingRun Moved(TrainingRun run, RunPhase phase, RunReason? reason) =>
        PhaseTransitions.IsAllowed(run.Phase, phase) ? run.MoveTo(phase, reason, time.GetUtcNow()) : run;
}
