namespace Trainyard.Core.Runs;

/// <summary>Moves records through their phases; every move may be asked for twice.</summary>
public sealed class RunProgress(IRunStore runs, TimeProvider time)
{
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
                var moved = PhaseTransitions.IsAllowed(run.Phase, phase)
                    ? run.MoveTo(phase, reason, time.GetUtcNow())
                    : run;
                moved = alsoChange?.Invoke(moved) ?? moved;
                return ReferenceEquals(moved, run) ? null : moved;
            },
            cancellationToken
        );
}
