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

    private static SortedSet<SchedulerNode> Here(NodeClass kind, int freeSlots) => kind.Asking(freeSlots);

    private static SortedSet<SchedulerNode> Elsewhere(NodeClass kind, int freeSlots) => kind.AskingElsewhere(freeSlots);

    // In the order of the slots that would be left.
    private bool AddOpen(
        List<SchedulerNode> found,
        IReadOnlyList<NodeClassFit> able,
        PendingRun run,
        NeedShape shape,
        Func<NodeClass, int, SortedSet<SchedulerNode>> asking,
        Func<NodeClassFit, bool>? condition,
        long now
    )
    {
        var most = -1;
        foreach (var fit in able)
        {
            most = Math.Max(most, fit.Class.Slots - fit.Demand.Slots);
        }
        for (var left = 0; left <= most; left++)
        {
            foreach (var fit in able)
            {
                var free = fit.Demand.Slots + left;
                if (free > fit.Class.Slots || asking(fit.Class, free).Count == 0 || condition?.Invoke(fit) == false)
                {
                    continue;
                }
                var looked = 0;
                foreach (var node in asking(fit.Class, free))
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
            foreach (var node in fit.Class.Reserved)
            {
                if (node.ChangedAt <= shape.BlockedAt)
                {
                    break;
                }
                if (TryAdd(found, node, run, shape, now))
                {
                    return true;
                }
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

    // Allows a backfill that ends before the reserved run begins, or that leaves it enough resources.
    private bool MayGoAhead(SchedulerNode node, Reservation kept, NodeClassFit fit, NeedShape shape, long now)
    {
        if (!kept.IsKnown)
        {
            return false;
        }
        if (shape.EndsAt(now, options.Overhead) <= kept.StartsAt)
        {
            return true;
        }
        var reserved = kept.Run.Group!.Shape.FitOf(node.Class!).Demand;
        return fit.Demand.FitsIn(node.FreeBeside(kept.StartsAt, reserved));
    }
}
