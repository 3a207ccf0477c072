namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Finds the running preemptible runs whose end makes room for a waiting run, so that the least work is lost. A run on
/// several nodes is stopped on all of them, or on none.
/// </summary>
internal sealed class VictimSearch(NodeClasses classes, OwnerAccounts owners, SchedulingOptions options)
{
    private const int MostPlacesLookedAt = 2_048;
    private const int MostNodesLookedAt = 512;

    /// <summary>All the nodes for the run, with the runs to stop there; null when stopping runs does not help.</summary>
    /// <param name="run">The run that waits.</param>
    /// <param name="youngestFirst">The preemptible runs.</param>
    /// <param name="startsAt">When those that are stopped will have left.</param>
    /// <param name="now">In ticks.</param>
    public PreemptedRoom? Find(PendingRun run, IEnumerable<PlacedRun> youngestFirst, long startsAt, long now)
    {
        var shape = run.Group!.Shape;
        var places = 0;
        var known = youngestFirst.TakeWhile(each => (places += each.Occupancies.Count) <= MostPlacesLookedAt).ToList();
        var leaving = known.FindAll(each => IsLeaving(each, now));
        var victims = known
            .FindAll(each => MustGiveWay(each, run, startsAt, now))
            .ConvertAll(each => new Victim(each, LostWork(each, now)));
        var freed = leaving.SelectMany(each => each.Occupancies).ToHashSet();
        var rooms = leaving
            .Concat(victims.Select(each => each.Run))
            .SelectMany(each => each.Occupancies)
            .Select(place => place.Node)
            .Concat(run.Reservation?.Nodes ?? [])
            .Where(node => MayUse(node, run, now))
            .Concat(WithRoom(shape, startsAt, now))
            .Distinct()
            .ToDictionary(
                node => node,
                node => new VictimRoom(node, shape.FitOf(node.Class!).Demand, FreeBy(node, startsAt, freed, now))
            );
        foreach (var victim in victims)
        {
            foreach (var place in victim.Run.Occupancies)
            {
                if (rooms.TryGetValue(place.Node, out var room))
                {
                    victim.Add(room, place.Demand);
                }
            }
        }
        return new VictimChoice([.. rooms.Values], victims, shape.Nodes).Choose();
    }

    /// <summary>Whether a run was told to give way and will soon have left its nodes.</summary>
    private bool IsLeaving(PlacedRun victim, long now) =>
        victim.Preemption is { } order && now - order.At.UtcTicks <= 2 * options.PreemptionTime.Ticks;

    // The same order as in the queue: the owner with less use first, within an owner the higher priority.
    private bool MustGiveWay(PlacedRun victim, PendingRun run, long startsAt, long now)
    {
        if (victim.Preemption is not null || victim.Run.Preemptions >= options.MostPreemptions)
        {
            return false;
        }
        if (victim.Run.Preemptions > 0 && now - victim.StartedAt < options.PreemptionProtection.Ticks)
        {
            return false;
        }
        if (EndsBy(victim.Occupancies[0], startsAt, now))
        {
            return false;
        }
        var owner = run.Group!.Owner;
        return victim.Owner == owner
            ? run.Queued.Priority > victim.Run.Priority
            : owner.Share.TurnWith(owners.RateOf(run.Queued), now) < victim.Owner.Share.TurnAt(now);
    }

    // Seconds of the slots on all its nodes.
    private static double LostWork(PlacedRun run, long now) =>
        Math.Max(1, now - run.StartedAt)
        / (double)TimeSpan.TicksPerSecond
        * run.Occupancies.Sum(place => place.Demand.Slots);

    private bool MayUse(SchedulerNode node, PendingRun run, long now)
    {
        if (!node.IsThere || (node.Reservation is { } kept && kept.Run != run))
        {
            return false;
        }
        var shape = run.Group!.Shape;
        return shape.AbleClasses(classes).Contains(shape.FitOf(node.Class!)) && shape.MayHave(node, classes, now);
    }

    // A run that needs several nodes may get some of them without stopping any other run.
    private IEnumerable<SchedulerNode> WithRoom(NeedShape shape, long startsAt, long now) =>
        shape
            .AbleClasses(classes)
            .SelectMany(fit =>
                fit.Class.FreeTimes(fit.Demand.Slots)
                    .TakeWhile(each => each.At <= startsAt)
                    .Take(MostNodesLookedAt)
                    .Select(each => each.Node)
                    .Where(node =>
                        fit.Demand.FitsIn(FreeBy(node, startsAt, [], now)) && shape.MayHave(node, classes, now)
                    )
                    .Take(shape.Nodes)
            );

    private static Resources FreeBy(SchedulerNode node, long startsAt, HashSet<Occupancy> leaving, long now) =>
        node
            .Runs.Where(run => leaving.Contains(run) || EndsBy(run, startsAt, now))
            .Aggregate(node.Free, (free, run) => free + run.Demand);

    // A run past its expected end may end at any time, so it counts as running.
    private static bool EndsBy(Occupancy run, long startsAt, long now) => run.EndsAt > now && run.EndsAt <= startsAt;
}
