using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Finds the running preemptible runs whose end makes room for a waiting run, so that the least work is lost. A run on
/// several nodes is stopped on all of them, or on none.
/// </summary>
internal sealed class VictimSearch(NodeClasses classes, OwnerAccounts owners, SchedulingOptions options)
{
    private const int MostPlacesLookedAt = 16_384;
    private const int MostNodesLookedAt = 512;

    /// <summary>All the nodes for the run, with the runs to stop there; null when stopping runs does not help.</summary>
    /// <param name="run">The run that waits.</param>
    /// <param name="youngestFirst">The preemptible runs.</param>
    /// <param name="running">All the runs on nodes.</param>
    /// <param name="startsAt">When those that are stopped will have left.</param>
    /// <param name="now">In ticks.</param>
    public PreemptedRoom? Find(
        PendingRun run,
        IEnumerable<PlacedRun> youngestFirst,
        IReadOnlyDictionary<RunId, PlacedRun> running,
        long startsAt,
        long now
    )
    {
        var shape = run.Group!.Shape;
        var nodes = youngestFirst
            .Where(each => IsLeaving(each, now) || MustGiveWay(each, run, startsAt, now))
            .SelectMany(each => each.Occupancies)
            .Take(MostPlacesLookedAt)
            .Select(place => place.Node)
            .Concat(run.Reservation?.Nodes ?? [])
            .Where(node => MayUse(node, run, now))
            .Distinct()
            .Take(MostNodesLookedAt)
            .Concat(WithRoom(shape, startsAt, now));
        var victims = new Dictionary<PlacedRun, Victim>();
        var rooms = new List<VictimRoom>();
        foreach (var node in nodes.Distinct())
        {
            var free = FreeBy(node, startsAt, place => IsLeaving(running[place.RunId], now), now);
            var room = new VictimRoom(node, shape.FitOf(node.Class!).Demand, free);
            rooms.Add(room);
            foreach (var place in node.Runs)
            {
                var placed = running[place.RunId];
                if (placed.Run.IsPreemptible && MustGiveWay(placed, run, startsAt, now))
                {
                    victims.TryAdd(placed, new Victim(placed, LostWork(placed, now)));
                    victims[placed].Add(room, place.Demand);
                }
            }
            room.Sort();
        }
        return new VictimChoice(rooms, [.. victims.Values], shape.Nodes).Choose();
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

    // Seconds since its start or last checkpoint, of the slots on all its nodes.
    private static double LostWork(PlacedRun run, long now) =>
        Math.Max(1, now - run.UnsavedSince)
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
                        fit.Demand.FitsIn(FreeBy(node, startsAt, _ => false, now)) && shape.MayHave(node, classes, now)
                    )
                    .Take(shape.Nodes)
            );

    private static Resources FreeBy(SchedulerNode node, long startsAt, Predicate<Occupancy> isLeaving, long now) =>
        node
            .Runs.Where(run => isLeaving(run) || EndsBy(run, startsAt, now))
            .Aggregate(node.Free, (free, run) => free + run.Demand);

    // A run past its expected end may end at any time, so it counts as running.
    private static bool EndsBy(Occupancy run, long startsAt, long now) => run.EndsAt > now && run.EndsAt <= startsAt;
}
