using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>Which of the waiting runs a node gets: the same decision in every queue.</summary>
public static class LeaseChoice
{
    /// <summary>Whether the decision needs to know the other nodes.</summary>
    public static bool DependsOnOthers(NodeOffer offer, IReadOnlyList<QueuedAttempt> queue, DateTimeOffset now) =>
        queue.Any(run => run.Avoids(offer.Node, now) || NodeMatch.StandsIn(NodeProvides.Of(offer), run.Needs));

    /// <summary>
    /// The first run in the order of the queue that the node could ever run, that is due and that no other node should rather
    /// take. What does not fit yet waits for room; nothing behind it goes first.
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
            if (
                !run.IsDue(now)
                || !NodeMatch.Could(NodeProvides.Of(offer), run.Needs)
                || IsForAnother(offer, run, nodes, now)
            )
            {
                continue;
            }
            return LeaseRules.Fits(offer, run.Needs) ? run : null;
        }
        return null;
    }

    // One that did not fail it, or that has the GPUs where this one would stand in.
    private static bool IsForAnother(
        NodeOffer offer,
        QueuedAttempt run,
        IReadOnlyList<PoolNode> nodes,
        DateTimeOffset now
    ) =>
        (run.Avoids(offer.Node, now) && nodes.Any(node => CouldTake(node, run)))
        || (
            NodeMatch.StandsIn(NodeProvides.Of(offer), run.Needs)
            && nodes.Any(node => !NodeMatch.StandsIn(node.Provides, run.Needs) && CouldTake(node, run))
        );

    private static bool CouldTake(PoolNode node, QueuedAttempt run) =>
        node is { IsRetired: false, SetAsideUntil: null, Slots: > 0 }
        && NodeMatch.Could(node.Provides, run.Needs)
        && !run.Avoided.Contains(node.Name);
}
