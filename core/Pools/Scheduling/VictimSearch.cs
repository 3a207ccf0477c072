namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Finds the running preemptible runs whose end makes room for a waiting run, so that the least work is lost.
/// </summary>
internal sealed class VictimSearch(NodeClasses classes, OwnerAccounts owners, SchedulingOptions options)
{
    private const int MostLookedAt = 512;

    /// <summary>The nodes for the run, with the runs to stop there; null when stopping runs does not help.</summary>
    public List<NodeVictims>? Find(PendingRun run, IEnumerable<PlacedRun> preemptible, long now)
    {
        var shape = run.Group!.Shape;
        var byNode = new Dictionary<SchedulerNode, List<PlacedRun>>();
        var leaving = new Dictionary<SchedulerNode, Resources>();
        foreach (var victim in preemptible.Take(MostLookedAt))
        {
            // A run on several nodes does not give way.
            if (victim.Occupancies is not [var place] || !MayUse(place.Node, run, now))
            {
                continue;
            }
            if (IsLeaving(victim, now))
            {
                leaving[place.Node] = leaving.GetValueOrDefault(place.Node) + place.Demand;
                byNode.TryAdd(place.Node, []);
            }
            else if (MustGiveWay(victim, run, now))
            {
                byNode.TryAdd(place.Node, []);
                byNode[place.Node].Add(victim);
            }
        }
        var found = byNode
            .Select(each => On(each.Key, each.Value, leaving.GetValueOrDefault(each.Key), shape, now))
            .OfType<NodeVictims>()
            .Concat(WithRoom(shape, now))
            .DistinctBy(each => each.Node)
            .OrderBy(each => each.LostWork)
            .ThenBy(each => each.Node.Index)
            .Take(shape.Nodes)
            .ToList();
        return found.Count == shape.Nodes ? found : null;
    }

    /// <summary>Whether a run was told to give way and will soon have left its node.</summary>
    private bool IsLeaving(PlacedRun victim, long now) =>
        victim.Preemption is { } order && now - order.At.UtcTicks <= 2 * options.PreemptionTime.Ticks;

    // The same order as in the queue: the owner with less use first, within an owner the higher priority.
    private bool MustGiveWay(PlacedRun victim, PendingRun run, long now)
    {
        if (victim.Preemption is not null || victim.Run.Preemptions >= options.MostPreemptions)
        {
            return false;
        }
        if (victim.Run.Preemptions > 0 && now - victim.StartedAt < options.PreemptionProtection.Ticks)
        {
            return false;
        }
        var owner = run.Group!.Owner;
        return victim.Owner == owner
            ? run.Queued.Priority > victim.Run.Priority
            : owner.Share.TurnWith(owners.RateOf(run.Queued), now) < victim.Owner.Share.TurnAt(now);
    }

    private bool MayUse(SchedulerNode node, PendingRun run, long now)
    {
        if (!node.IsThere || (node.Reservation is { } kept && kept.Run != run))
        {
            return false;
        }
        var shape = run.Group!.Shape;
        return shape.AbleClasses(classes).Contains(shape.FitOf(node.Class!)) && shape.MayHave(node, classes, now);
    }

    // Takes the youngest first, then drops those that turn out not to be needed, the oldest first.
    private static NodeVictims? On(
        SchedulerNode node,
        List<PlacedRun> youngestFirst,
        Resources leaving,
        NeedShape shape,
        long now
    )
    {
        var demand = shape.FitOf(node.Class!).Demand;
        var free = node.Free + leaving;
        var stopped = new List<PlacedRun>();
        foreach (var victim in youngestFirst)
        {
            if (demand.FitsIn(free))
            {
                break;
            }
            stopped.Add(victim);
            free += victim.Occupancies[0].Demand;
        }
        if (!demand.FitsIn(free))
        {
            return null;
        }
        for (var i = stopped.Count - 1; i >= 0; i--)
        {
            var without = free - stopped[i].Occupancies[0].Demand;
            if (demand.FitsIn(without))
            {
                free = without;
                stopped.RemoveAt(i);
            }
        }
        return new NodeVictims(node, stopped, stopped.Sum(victim => LostWork(victim, now)));
    }

    // Seconds of its slots.
    private static double LostWork(PlacedRun victim, long now) =>
        Math.Max(1, now - victim.StartedAt) / (double)TimeSpan.TicksPerSecond * victim.Occupancies[0].Demand.Slots;

    // A run that needs several nodes may get some of them without stopping any other run.
    private IEnumerable<NodeVictims> WithRoom(NeedShape shape, long now) =>
        shape.Nodes == 1
            ? []
            : shape
                .AbleClasses(classes)
                .SelectMany(fit =>
                    fit.Class.FreeTimes(fit.Demand.Slots)
                        .TakeWhile(each => each.At <= 0)
                        .Where(each => fit.Demand.FitsIn(each.Node.Free) && shape.MayHave(each.Node, classes, now))
                        .Take(shape.Nodes)
                )
                .Select(each => new NodeVictims(each.Node, [], 0));
}

/// <summary>A node with the runs that have to leave it; none when it has room.</summary>
/// <param name="Node">The node.</param>
/// <param name="Victims">The runs to stop.</param>
/// <param name="LostWork">The time for which they ran, in seconds times slots.</param>
internal sealed record NodeVictims(SchedulerNode Node, IReadOnlyList<PlacedRun> Victims, double LostWork);
