using Trainyard.Core.Search;
using Trainyard.Core.Search.Methods;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Chooses the next training runs of an experiment. Deterministic: the same record gives the same choice.
/// </summary>
internal static class TrialChoice
{
    /// <summary>Adds every trial that may begin now to the run.</summary>
    public static ExperimentRun Choose(ExperimentRun run, DateTimeOffset now) =>
        run with
        {
            References = [.. run.References.Select((part, index) => Choose(run, part, index, now))],
        };

    private static ReferenceRun Choose(ExperimentRun run, ReferenceRun part, int index, DateTimeOffset now)
    {
        if (part.IsExhausted)
        {
            return part;
        }
        if (part.Search is not { } search)
        {
            var only = NewTrial(run, index, 0, now);
            return part with { Trials = [only], IsExhausted = true };
        }
        if (Budget.Spent(search, part, run.CreatedAt, now) is { } spent)
        {
            return part with { IsExhausted = true, StoppedBecause = spent };
        }
        var space = new SearchSpace(search.Parameters);
        var method = SearchMethods.Create(search.Method, space, search.GridPoints);
        while (part.Trials.Count < search.Steps && part.Live.Count() < search.Parallelism)
        {
            var tried = part.Trials.Select(t => Observe(t, search.Maximize, space)).ToList();
            if (method.Propose(tried, part.Seed) is not { } point)
            {
                return part with { IsExhausted = true, StoppedBecause = "Every combination of values was tried." };
            }
            var trial = NewTrial(run, index, part.Trials.Count, now) with { HyperParameters = space.ValuesAt(point) };
            part = part with { Trials = [.. part.Trials, trial] };
        }
        return part with { IsExhausted = part.Trials.Count >= search.Steps };
    }

    private static Trial NewTrial(ExperimentRun run, int reference, int number, DateTimeOffset now) =>
        new()
        {
            Number = number,
            RunId = TrialIds.Of(run.Id, reference, number),
            ChosenAt = now,
        };

    private static Observation Observe(Trial trial, bool maximize, SearchSpace space) =>
        new(
            space.PointOf(trial.HyperParameters!),
            trial.Phase is not null && trial.Objective is { } value ? (maximize ? -value : value) : null,
            IsPending: trial.Phase is null
        );
}
