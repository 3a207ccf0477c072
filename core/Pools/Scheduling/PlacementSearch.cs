namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Finds nodes that have room now, preferring the tightest fit.</summary>
internal sealed class PlacementSearch(NodeClasses classes, SchedulingOptions options)
{
    // Nodes with the same number of free slots differ in CPUs and memory, so several are examined, up to this number
    // of nodes that cannot take the run.
    private const int MostLookedAt = 32;

    /// <summary>
    /// All nodes for the run, or null when there are too few. The last node to ask is always examined. Nodes that ask
    /// at other processes only join nodes that ask here.
    /// </summary>
    public List<SchedulerNode>? Find(PendingRun run, NeedShape shape, SchedulerNode? last, long now)
    {
        var found = new List<SchedulerNode>(shape.Nodes);
        var able = shape.AbleClasses(classes);
        // A run without GPUs avoids nodes with GPUs as long as it can.
        var isWasteful = shape.Gpus == 0;
        var isFull =
            (isWasteful && AddOpen(found, able, run, shape, Here, fit => fit.Class.Provides.Gpus == 0, now))
            || AddOpen(found, able, run, shape, Here, isWasteful ? fit => fit.Class.Provides.Gpus > 0 : null, now)
            || AddReserved(found, able, run, shape, now)
            || (last is { IsAsking: true, IsThere: true } && TryAdd(found, last, run, shape, now))
            || (shape.Nodes > 1 && AddOpen(found, able, run, shape, Elsewhere, condition: null, now));
        return isFull && !found.TrueForAll(node => node.AsksElsewhere) ? found : null;
    }

    private static AskingNodes Here(NodeClass kind) => kind.Asking;

    private static AskingNodes Elsewhere(NodeClass kind) => kind.AskingElsewhere;

    // In the order of the slots that would be left.
    private bool AddOpen(
        List<SchedulerNode> found,
        IReadOnlyList<NodeClassFit> able,
        PendingRun run,
        NeedShape shape,
        Func<NodeClass, AskingNodes> asking,
        Func<NodeClassFit, bool>? condition,
        long now
    )
    {
        for (
            var left = NextLeft(able, asking, condition, 0);
            left >= 0;
            left = NextLeft(able, asking, condition, left + 1)
        )
        {
            foreach (var fit in able)
            {
                var free = fit.Demand.Slots + left;
                if (
                    free <= fit.Class.Slots
                    && condition?.Invoke(fit) != false
                    && AddFrom(asking(fit.Class).With(free), found, run, shape, now)
                )
                {
                    return true;
                }
            }
        }
        return false;
    }

    // The least number of slots, from this one on, that would be left on a node that asks; -1 for none.
    private static int NextLeft(
        IReadOnlyList<NodeClassFit> able,
        Func<NodeClass, AskingNodes> asking,
        Func<NodeClassFit, bool>? condition,
        int from
    )
    {
        var least = -1;
        foreach (var fit in able)
        {
            if (
                condition?.Invoke(fit) != false
                && asking(fit.Class).Next(fit.Demand.Slots + from) is >= 0 and var free
                && (least < 0 || free - fit.Demand.Slots < least)
            )
            {
                least = free - fit.Demand.Slots;
            }
        }
        return least;
    }

    private bool AddFrom(
        SortedSet<SchedulerNode> nodes,
        List<SchedulerNode> found,
        PendingRun run,
        NeedShape shape,
        long now
    )
    {
        var looked = 0;
        foreach (var node in nodes)
        {
            var before = found.Count;
            if (TryAdd(found, node, run, shape, now))
            {
                return true;
            }
            if (found.Count == before && ++looked == MostLookedAt)
            {
                break;
            }
        }
        return false;
    }

    // Examines nodes that changed since the last failed search, and the nodes reserved for this run.
    private bool AddReserved(
        List<SchedulerNode> found,
        IReadOnlyList<NodeClassFit> able,
        PendingRun run,
        NeedShape shape,
        long now
    )
    {
        foreach (var node in run.Reservation?.Nodes ?? [])
        {
            if (node.IsAsking && TryAdd(found, node, run, shape, now))
            {
                return true;
            }
        }
        foreach (var fit in able)
        {
            var changed = fit.Class.Reserved.TakeWhile(node => node.ChangedAt > shape.BlockedAt);
            if (AddFitting(found, changed, fit, run, shape, now))
            {
                return true;
            }
        }
        // What did not do alone may do beside a node that changed.
        foreach (var fit in found.Count > 0 ? able : [])
        {
            if (AddFitting(found, fit.Class.Reserved, fit, run, shape, now))
            {
                return true;
            }
        }
        return false;
    }

    // In an order that does not depend on which node asked first.
    private bool AddFitting(
        List<SchedulerNode> found,
        IEnumerable<SchedulerNode> nodes,
        NodeClassFit fit,
        PendingRun run,
        NeedShape shape,
        long now
    )
    {
        foreach (var node in nodes.Where(node => fit.Demand.FitsIn(node.Free)).Order(SchedulerNode.ByIndex))
        {
            if (TryAdd(found, node, run, shape, now))
            {
                return true;
            }
        }
        return false;
    }

    private bool TryAdd(List<SchedulerNode> found, SchedulerNode node, PendingRun run, NeedShape shape, long now)
    {
        if (MayTake(node, run, shape, now) && !found.Contains(node))
        {
            found.Add(node);
        }
        return found.Count == shape.Nodes;
    }

    private bool MayTake(SchedulerNode node, PendingRun run, NeedShape shape, long now)
    {
        var fit = shape.FitOf(node.Class!);
        return fit.Could
            && (shape.Nodes > 1 || !node.AsksElsewhere)
            && (!fit.StandsIn || shape.AbleClasses(classes).Contains(fit))
            && fit.Demand.FitsIn(node.Free)
            && shape.MayHave(node, classes, now)
            && (node.Reservation is not { } kept || kept.Run == run || MayGoAhead(node, kept, fit, shape, now));
    }

    // Allows a backfill that ends before the reserved run begins, or that leaves it enough resources: of what is free
    // then, or now where nobody knows when it begins.
    private bool MayGoAhead(SchedulerNode node, Reservation kept, NodeClassFit fit, NeedShape shape, long now)
    {
        var reserved = kept.Run.Group!.Shape.FitOf(node.Class!).Demand;
        if (!kept.IsKnown)
        {
            return fit.Demand.FitsIn(node.Free - reserved);
        }
        if (shape.EndsAt(now, options.Overhead) <= kept.StartsAt)
        {
            return true;
        }
        return fit.Demand.FitsIn(node.FreeBeside(kept.StartsAt, reserved));
    }
}
