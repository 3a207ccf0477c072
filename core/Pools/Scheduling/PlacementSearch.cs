namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Finds nodes that have room now, those first on which the fewest holes are left.</summary>
internal sealed class PlacementSearch(NodeClasses classes, SchedulingOptions options)
{
    // Nodes with the same number of free slots differ in CPUs and memory; so many are looked at.
    private const int MostLookedAt = 32;

    /// <summary>All its nodes, or null when there are not so many; the last to ask is looked at in any case.</summary>
    public List<SchedulerNode>? Find(WaitingRun run, NeedShape shape, SchedulerNode? last, long now)
    {
        var found = new List<SchedulerNode>(shape.Nodes);
        foreach (var node in Fitting(run, shape, now))
        {
            found.Add(node);
            if (found.Count == shape.Nodes)
            {
                return found;
            }
        }
        if (last is { IsAsking: true, IsThere: true } && !found.Contains(last) && MayTake(last, run, shape, now))
        {
            found.Add(last);
        }
        return found.Count == shape.Nodes ? found : null;
    }

    private IEnumerable<SchedulerNode> Fitting(WaitingRun run, NeedShape shape, long now)
    {
        var able = shape.AbleClasses(classes);
        // A run without GPUs leaves nodes with GPUs to others, as long as it can.
        var wasteful = shape.Gpus == 0 ? able.Where(fit => fit.Class.Provides.Gpus > 0) : [];
        foreach (var fits in new[] { able.Except(wasteful).ToList(), wasteful.ToList() })
        {
            foreach (var node in BestFirst(fits).Where(node => MayTake(node, run, shape, now)))
            {
                yield return node;
            }
        }
        foreach (var node in able.SelectMany(fit => fit.Class.Reserved.Take(MostLookedAt)))
        {
            if (MayTake(node, run, shape, now))
            {
                yield return node;
            }
        }
    }

    private static IEnumerable<SchedulerNode> BestFirst(List<NodeClassFit> fits)
    {
        var most = fits.Count == 0 ? -1 : fits.Max(fit => fit.Class.Slots - fit.Demand.Slots);
        for (var left = 0; left <= most; left++)
        {
            foreach (var fit in fits.Where(fit => fit.Demand.Slots + left <= fit.Class.Slots))
            {
                foreach (var node in fit.Class.Asking(fit.Demand.Slots + left).Take(MostLookedAt))
                {
                    yield return node;
                }
            }
        }
    }

    private bool MayTake(SchedulerNode node, WaitingRun run, NeedShape shape, long now)
    {
        var fit = shape.FitOf(node.Class!);
        return fit.Could
            && shape.AbleClasses(classes).Contains(fit)
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
