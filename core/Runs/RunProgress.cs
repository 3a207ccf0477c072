using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Moves records through their phases; every move may be asked for twice.</summary>
public sealed class RunProgress(IRunStore runs, TimeProvider time)
{
    /// <summary>
    /// Begins an attempt: the run is queued for it. An attempt that was begun before is left as it is, for a node may have
    /// told more of it since. Gives the record, or null when there is none.
    /// </summary>
    public Task<TrainingRun?> BeginAttemptAsync(
        RunId id,
        int attempt,
        RunReason? reason,
        CancellationToken cancellationToken
    ) =>
        runs.ChangeAsync(
            id,
            run =>
                run.Phase.IsTerminal() || run.Attempt >= attempt
                    ? null
                    : Moved(run, RunPhase.Queued, reason) with
                    {
                        Attempt = attempt,
                        Node = null,
                    },
            cancellationToken
        );

    /// <summary>
    /// Moves a run into a phase unless it is there already or the table forbids it (a late report of an ended run).
    /// The extra change is applied in the same write, and also when the phase does not change.
    /// </summary>
    public Task<TrainingRun?> MoveAsync(
        RunId id,
        RunPhase phase,
        RunReason? reason,
        CancellationToken cancellationToken,
        Func<TrainingRun, TrainingRun>? alsoChange = null
    ) =>
        runs.ChangeAsync(
            id,
            run =>
            {
                if (run.Phase.IsTerminal())
                    return null;
                var moved = Moved(run, phase, reason);
                moved = alsoChange?.Invoke(moved) ?? moved;
                return ReferenceEquals(moved, run) ? null : moved;
            },
            cancellationToken
        );

    private TrainingRun Moved(TrainingRun run, RunPhase phase, RunReason? reason) =>
        PhaseTransitions.IsAllowed(run.Phase, phase) ? run.MoveTo(phase, reason, time.GetUtcNow()) : run;
}
