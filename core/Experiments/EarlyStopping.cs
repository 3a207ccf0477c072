using Trainyard.Core.Search;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Records the objectives of trials at the rungs of successive halving, and marks the trials to stop.
/// </summary>
internal static class EarlyStopping
{
    /// <summary>Updates a trial with its best objective so far at each rung that it has reached.</summary>
    public static Trial Follow(Trial trial, SearchSettings search, IReadOnlyList<ObjectivePoint> seen)
    {
        if (search.Halving is not { } halving || seen.Count == 0)
        {
            return trial;
        }
        var rungs = trial.Rungs.ToDictionary(r => r.Step, r => r.Value);
        var reached = seen.Max(s => s.Step);
        for (long rung = halving.MinSteps; rung <= reached; rung *= halving.Factor)
        {
            if (!rungs.ContainsKey(rung))
            {
                var until = seen.Where(s => s.Step <= rung).DefaultIfEmpty(seen[0]).Select(s => s.Value);
                rungs[rung] = search.Maximize ? until.Max() : until.Min();
            }
            if (rung > long.MaxValue / halving.Factor)
            {
                break;
            }
        }
        return trial with { Rungs = [.. rungs.OrderBy(r => r.Key).Select(r => new ObjectivePoint(r.Key, r.Value))] };
    }

    /// <summary>Marks every trial of the reference that should stop now.</summary>
    public static ReferenceRun Apply(ReferenceRun part)
    {
        if (part.Search is not { Halving: { } halving } search)
        {
            return part;
        }
        var rule = new SuccessiveHalving(halving.MinSteps, halving.Factor);
        var trials = part.Trials.ToList();
        for (var i = 0; i < trials.Count; i++)
        {
            var trial = trials[i];
            if (trial.Phase is null && !trial.IsStoppedEarly)
            {
                var others = trials.Where(t => t != trial && t.Rungs.Count > 0).Select(t => Losses(t, search)).ToList();
                trials[i] = trial with { IsStoppedEarly = rule.ShouldStop(Losses(trial, search), others) };
            }
        }
        return part with { Trials = trials };
    }

    private static IReadOnlyList<StepLoss> Losses(Trial trial, SearchSettings search) =>
        [.. trial.Rungs.Select(r => new StepLoss(r.Step, search.Maximize ? -r.Value : r.Value))];
}
