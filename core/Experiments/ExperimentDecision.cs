using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Experiments;

/// <summary>Decides the next steps of an experiment's run from its record and the time alone.</summary>
internal static class ExperimentDecision
{
    public static ExperimentRun Decide(ExperimentRun run, DateTimeOffset now)
    {
        if (run.CancelRequestedAt is not null)
        {
            run = Abandon(run);
        }
        else
        {
            run = run with { References = [.. run.References.Select(EarlyStopping.Apply)] };
            run = TrialChoice.Choose(run, now);
        }
        run = run with { References = [.. run.References.Select(part => part with { Best = BestOf(part) })] };
        return run.References.All(part => part.IsDone) ? End(run, now) : run;
    }

    // Started training runs are canceled by the caller, which acts on this decision.
    private static ExperimentRun Abandon(ExperimentRun run) =>
        run with
        {
            References = [.. run.References.Select(part => part with { IsExhausted = true })],
        };

    private static ExperimentRun End(ExperimentRun run, DateTimeOffset now)
    {
        var failed = run.References.Where(part => !HasSucceeded(part)).Select(part => part.Name).ToList();
        var state =
            run.CancelRequestedAt is not null ? ExperimentState.Cancelled
            : failed.Count > 0 ? ExperimentState.Error
            : ExperimentState.Completed;
        return run with
        {
            State = state,
            EndedAt = now,
            Reason = state switch
            {
                ExperimentState.Cancelled => "Canceled by its owner.",
                ExperimentState.Error => $"No training run of {string.Join(", ", failed)} completed.",
                _ => null,
            },
        };
    }

    // A search succeeds when any of its trials does.
    private static bool HasSucceeded(ReferenceRun part) => part.Trials.Any(t => t.Phase is RunPhase.Completed);

    private static int? BestOf(ReferenceRun part)
    {
        if (part.Search is not { } search)
        {
            return null;
        }
        var ended = part.Trials.Where(t => t is { Phase: RunPhase.Completed, Objective: not null });
        return (search.Maximize ? ended.MaxBy(t => t.Objective) : ended.MinBy(t => t.Objective))?.Number;
    }
}
