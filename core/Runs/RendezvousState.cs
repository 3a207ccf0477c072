using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Runs;

/// <summary>The learners of an attempt that are ready to start their commands, and where each is reached.</summary>
public sealed record RendezvousState
{
    public required int Attempt { get; init; }

    /// <summary>The places by the numbers of the learners.</summary>
    public required IReadOnlyDictionary<int, LearnerPlace> Places { get; init; }

    /// <summary>The run after a learner of its current attempt became ready; null when there is nothing to change.</summary>
    public static TrainingRun? Join(TrainingRun run, int attempt, LearnerPlace place)
    {
        if (run.Attempt != attempt || run.Phase.IsTerminal())
        {
            return null;
        }
        var places =
            run.Meeting is { } known && known.Attempt == attempt
                ? new SortedDictionary<int, LearnerPlace>(known.Places.ToDictionary())
                : [];
        if (places.GetValueOrDefault(place.Learner) == place)
        {
            return null;
        }
        places[place.Learner] = place;
        return run with
        {
            Meeting = new RendezvousState { Attempt = attempt, Places = places },
        };
    }

    /// <summary>The places of all learners in order; null while some are not ready.</summary>
    public static IReadOnlyList<LearnerPlace>? AllOf(TrainingRun run, int attempt, int learners) =>
        run.Meeting is { } known && known.Attempt == attempt && known.Places.Count >= learners
            ? [.. known.Places.OrderBy(place => place.Key).Select(place => place.Value)]
            : null;
}
