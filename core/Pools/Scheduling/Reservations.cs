namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The nodes that are kept for large runs which are next but have no room yet.</summary>
internal sealed class Reservations(NodeClasses classes)
{
    private const int MostLookedAt = 64;

    private readonly HashSet<Reservation> _all = [];

    /// <summary>The number of reservations for runs that need several nodes.</summary>
    public int GangCount { get; private set; }

    public IReadOnlyCollection<Reservation> All => _all;

    /// <summary>
    /// Reserves the nodes where the run can begin first. Returns null when there are too few unreserved nodes.
    /// </summary>
    public Reservation? Make(PendingRun run, long now)
    {
        var chosen = Soonest(run.Group!.Shape, now);
        return chosen.Count < run.Group.Shape.Nodes
            ? null
            : Add(
                new Reservation(
                    run,
                    run.Group.Owner,
                    [.. chosen.Select(each => each.Node)],
                    Math.Max(now, chosen[^1].At)
                )
            );
    }

    /// <summary>Reserves the nodes on which other runs give way to this one.</summary>
    public Reservation MakeByPreemption(PendingRun run, IReadOnlyList<SchedulerNode> nodes, long startsAt) =>
        Add(new Reservation(run, run.Group!.Owner, nodes, startsAt) { IsByPreemption = true });

    /// <summary>Makes a reservation as another pool has it.</summary>
    public void Restore(PendingRun run, IReadOnlyList<SchedulerNode> nodes, long startsAt, bool isByPreemption) =>
        Add(new Reservation(run, run.Group!.Owner, nodes, startsAt) { IsByPreemption = isByPreemption });

    /// <summary>Whether enough unreserved nodes have room for a run of the shape at this instant.</summary>
    public bool IsFreeBy(NeedShape shape, long instant, long now) =>
        Soonest(shape, now) is var soonest && soonest.Count == shape.Nodes && soonest[^1].At <= instant;

    private List<FreeTime> Soonest(NeedShape shape, long now) =>
        [
            .. shape
                .AbleClasses(classes)
                .SelectMany(fit => First(fit, shape, now))
                .Order(FreeTime.ByTime)
                .Take(shape.Nodes),
        ];

    private Reservation Add(Reservation reservation)
    {
        reservation.Run.Reservation = reservation;
        reservation.Owner.Reservations++;
        foreach (var node in reservation.Nodes)
        {
            node.Class!.RemoveTimes(node);
            node.Reservation = reservation;
            node.Class.Kept++;
        }
        _all.Add(reservation);
        GangCount += reservation.Nodes.Count > 1 ? 1 : 0;
        return reservation;
    }

    public void Remove(Reservation reservation)
    {
        _all.Remove(reservation);
        GangCount -= reservation.Nodes.Count > 1 ? 1 : 0;
        reservation.Run.Reservation = null;
        reservation.Owner.Reservations--;
        foreach (var node in reservation.Nodes)
        {
            node.Reservation = null;
            node.Class!.Kept--;
            node.Class.AddTimes(node);
        }
    }

    // Goes by the index of slot times first, then computes the times for CPUs and memory.
    private List<FreeTime> First(NodeClassFit fit, NeedShape shape, long now)
    {
        var best = new SortedSet<FreeTime>(FreeTime.ByTime);
        var looked = 0;
        foreach (var (bySlots, node) in fit.Class.FreeTimes(fit.Demand.Slots))
        {
            if (looked++ >= MostLookedAt + shape.Nodes || (best.Count >= shape.Nodes && bySlots >= best.Max.At))
            {
                break;
            }
            if (node.Reservation is null && shape.MayHave(node, classes, now))
            {
                best.Add(new FreeTime(Known(node.FreeAt(fit.Demand), now), node));
            }
        }
        return [.. best.Take(shape.Nodes)];
    }

    // A run past its expected end may end at any time, so the time is unknown.
    private static long Known(long at, long now) => at == 0 || at > now ? at : SchedulerNode.Unknown;
}
