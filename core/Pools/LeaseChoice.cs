using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools;

/// <summary>Which of the waiting runs a node gets: the same decision in every queue.</summary>
public static class LeaseChoice
{
    /// <summary>Whether the decision needs to know the other nodes.</summary>
    public static bool DependsOnOthers(NodeOffer offer, IReadOnlyList<QueuedAttempt> queue, DateTimeOffset now) =>
        queue.Any(run => run.Avoids(offer.Node, now));

    /// <summary>
    /// The first run in the order of the queue that the node could ever run, that is due and that no other node should rather
    /// take. What does not fit yet waits for slots to come free; nothing behind it goes first.
    /// </summary>
    public static QueuedAttempt? Make(
        NodeOffer offer,
        IReadOnlyList<QueuedAttempt> queue,
        IReadOnlyList<PoolNode> nodes,
        DateTimeOffset now
    )
    {
        foreach (var run in queue)
        {
            if (run.Gpus > LeaseRules.MostGpus(offer.Gpus) || !run.IsDue(now))
                continue;
            if (run.Avoids(offer.Node, now) && nodes.Any(node => CouldTake(node, run)))
                continue;
            return LeaseRules.Fits(offer, run.Gpus) ? run : null;
        }
        return null;
    }

    private static bool CouldTake(PoolNode node, QueuedAttempt run) =>
        node is { IsRetired: false, SetAsideUntil: null, Slots: > 0 }
        && run.Gpus <= LeaseRules.MostGpus(node.Gpus)
        && !run.Avoided.Contains(node.Name);
}
