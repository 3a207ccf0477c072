using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Experiments;

/// <summary>Records the ends of trials.</summary>
internal static class TrialEnds
{
    public static Trial Ended(
        this Trial trial,
        TrainingRun run,
        IReadOnlyList<ObjectivePoint> seen,
        SearchSettings? search
    )
    {
        var followed = search is null ? trial : EarlyStopping.Follow(trial, search, seen);
        return followed with
        {
            IsStarted = true,
            Phase = run.Phase,
            EndedAt = run.FinishedAt,
            Objective = seen.Count > 0 ? seen[^1].Value : null,
            GpuSeconds = run.Usage.GpuSeconds,
            Reason = ReasonOf(trial, run, seen, search),
        };
    }

    /// <summary>Ends a trial that has no run and will get none.</summary>
    public static Trial Gone(this Trial trial, string reason, DateTimeOffset at) =>
        trial with
        {
            Phase = RunPhase.Halted,
            EndedAt = at,
            Reason = reason,
        };

    public static ExperimentRun ChangeTrials(this ExperimentRun run, Func<Trial, Trial> change) =>
        run with
        {
            References = [.. run.References.Select(part => part with { Trials = [.. part.Trials.Select(change)] })],
        };

    private static string? ReasonOf(
        Trial trial,
        TrainingRun run,
        IReadOnlyList<ObjectivePoint> seen,
        SearchSettings? search
    ) =>
        trial.IsStoppedEarly && run.Phase is RunPhase.Halted ? "Stopped early: others were better at the same step."
        : run.Phase is not RunPhase.Completed ? $"{run.Reason}"
        : search is not null && seen.Count == 0 ? $"It recorded no metric {search.Objective}."
        : null;
}
