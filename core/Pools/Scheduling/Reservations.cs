namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Nodes that are kept for large runs which are next but have no room yet.</summary>
internal sealed class Reservations(NodeClasses classes)
{
    private const int MostLookedAt = 64;

    private readonly HashSet<Reservation> _all = [];

    /// <summary>How many nodes are kept.</summary>
    public int NodeCount { get; private set; }

    /// <summary>Of how many runs that need several nodes.</summary>
    public int GangCount { get; private set; }

    public IReadOnlyCollection<Reservation> All => _all;

    /// <summary>The nodes where the run can begin first; null when there are not so many that nobody has reserved.</summary>
    public Reservation? Make(PendingRun run, long now)
    {
        var shape = run.Group!.Shape;
        var chosen = shape
            .AbleClasses(classes)
            .SelectMany(fit => First(fit, shape, now))
            .Order(FreeTime.ByTime)
            .Take(shape.Nodes)
            .ToList();
        if (chosen.Count < shape.Nodes)
        {
            return null;
        }
        var reservation = new Reservation(
            run,
            run.Group.Owner,
            [.. chosen.Select(each => each.Node)],
            Math.Max(now, chosen[^1].At)
        );
        run.Reservation = reservation;
        run.Group.Owner.Reservations++;
        foreach (var node in reservation.Nodes)
        {
            node.Class!.RemoveTimes(node);
            node.Reservation = reservation;
        }
        _all.Add(reservation);
        Count(reservation, 1);
        return reservation;
    }

    public void Remove(Reservation reservation)
    {
        _all.Remove(reservation);
        Count(reservation, -1);
        reservation.Run.Reservation = null;
        reservation.Owner.Reservations--;
        foreach (var node in reservation.Nodes)
        {
            node.Reservation = null;
            node.Class!.AddTimes(node);
        }
    }

    private void Count(Reservation reservation, int by)
    {
        NodeCount += by * reservation.Nodes.Count;
        GangCount += reservation.Nodes.Count > 1 ? by : 0;
    }

    // By slots first, which is kept; what CPUs and memory say beside is looked up.
    private List<FreeTime> First(NodeClassFit fit, NeedShape shape, long now)
    {
        var best = new SortedSet<FreeTime>(FreeTime.ByTime);
        var looked = 0;
        foreach (var (bySlots, node) in fit.Class.FreeTimes(fit.Demand.Slots))
        {
            if (looked++ >= MostLookedAt || (best.Count >= shape.Nodes && bySlots >= best.Max.At))
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

    // What should have ended and did not can end at any time.
    private static long Known(long at, long now) => at == 0 || at > now ? at : SchedulerNode.Unknown;
}
