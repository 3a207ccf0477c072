namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Finds nodes that have room now, those first on which the fewest holes are left.</summary>
internal sealed class PlacementSearch(NodeClasses classes, SchedulingOptions options)
{
    // Nodes with the same number of free slots differ in CPUs and memory; so many are looked at.
    private const int MostLookedAt = 32;

    /// <summary>All its nodes, or null when there are not so many; the last to ask is looked at in any case.</summary>
    public List<SchedulerNode>? Find(PendingRun run, NeedShape shape, SchedulerNode? last, long now)
    {
        var found = new List<SchedulerNode>(shape.Nodes);
        var able = shape.AbleClasses(classes);
        // A run without GPUs leaves nodes with GPUs to others, as long as it can.
        var isWasteful = shape.Gpus == 0;
        var isFull =
            (isWasteful && AddOpen(found, able, run, shape, fit => fit.Class.Provides.Gpus == 0, now))
            || AddOpen(found, able, run, shape, isWasteful ? fit => fit.Class.Provides.Gpus > 0 : null, now)
            || AddReserved(found, able, run, shape, now)
            || (last is { IsAsking: true, IsThere: true } && TryAdd(found, last, run, shape, now));
        return isFull ? found : null;
    }

    // By the slots that would be left.
    private bool AddOpen(
        List<SchedulerNode> found,
        IReadOnlyList<NodeClassFit> able,
        PendingRun run,
        NeedShape shape,
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
                if (free > fit.Class.Slots || fit.Class.Asking(free).Count == 0 || condition?.Invoke(fit) == false)
                {
                    continue;
                }
                var looked = 0;
                foreach (var node in fit.Class.Asking(free))
                {
                    if (TryAdd(found, node, run, shape, now))
                    {
                        return true;
                    }
                    if (++looked == MostLookedAt)
                    {
                        break;
                    }
                }
            }
        }
        return false;
    }

    // Those that changed since it last found none, and those that are its own.
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
            && (!fit.StandsIn || shape.AbleClasses(classes).Contains(fit))
            && fit.Demand.FitsIn(node.Free)
            && shape.MayHave(node, classes, now)
            && (node.Reservation is not { } kept || kept.Run == run || MayGoAhead(node, kept, fit, shape, now));
    }

    // It ends before the other begins at the latest, or leaves it all that it needs.
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
