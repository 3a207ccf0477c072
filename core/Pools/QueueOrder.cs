namespace Trainyard.Core.Pools;

/// <summary>
/// The order of every queue. Each run has the place that its age gives it, and an owner's runs share the owner's places by
/// their priority: a run passes none of another owner's. Whoever leaves the queue takes the place that it had in this order;
/// the run whose own place that was has the other's from then on.
/// </summary>
public static class QueueOrder
{
    public static IReadOnlyList<QueuedAttempt> Of(IEnumerable<QueuedAttempt> waiting)
    {
        var places = waiting.OrderBy(run => run.Sequence).ToList();
        var next = places.GroupBy(run => run.Owner).ToDictionary(own => own.Key, ByPriority);
        return [.. places.Select(place => next[place.Owner].Dequeue() with { Place = place.Sequence })];
    }

    private static Queue<QueuedAttempt> ByPriority(IEnumerable<QueuedAttempt> own) =>
        new(own.OrderByDescending(run => run.Priority).ThenBy(run => run.Age));
}
