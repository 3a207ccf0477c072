namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A node that may get room for a waiting run.</summary>
/// <param name="node">The node.</param>
/// <param name="demand">What the run takes there.</param>
/// <param name="free">What is free there by then if no more runs are stopped.</param>
internal sealed class VictimRoom(SchedulerNode node, Resources demand, Resources free)
{
    public SchedulerNode Node => node;

    /// <summary>What is free beside those that are chosen to be stopped.</summary>
    public Resources Free { get; set; } = free;

    public bool HasRoom => demand.FitsIn(Free);

    /// <summary>The slots that the run would leave.</summary>
    public int SlotsLeft => Free.Slots - demand.Slots;

    /// <summary>The runs that may be stopped there, with what each takes there; the youngest first.</summary>
    public List<(Victim Victim, Resources Demand)> Victims { get; } = [];

    /// <summary>
    /// Which of the others have to be stopped, too, so that it has room; null when that does not help. Takes them in the
    /// order given, then drops those that turn out not to be needed.
    /// </summary>
    public List<Victim>? Fill(Resources freed, IEnumerable<(Victim Victim, Resources Demand)> others)
    {
        var left = Free + freed;
        List<(Victim Victim, Resources Demand)> taken = [];
        foreach (var other in others)
        {
            if (demand.FitsIn(left))
            {
                break;
            }
            taken.Add(other);
            left += other.Demand;
        }
        if (!demand.FitsIn(left))
        {
            return null;
        }
        foreach (var each in taken.OrderByDescending(each => each.Victim.LostWork).ToList())
        {
            if (demand.FitsIn(left - each.Demand))
            {
                left -= each.Demand;
                taken.Remove(each);
            }
        }
        return taken.ConvertAll(each => each.Victim);
    }
}

/// <summary>A running run that may be stopped for a waiting one.</summary>
/// <param name="run">The run.</param>
/// <param name="lostWork">The work that its stop loses, in seconds times the slots on all its nodes.</param>
internal sealed class Victim(PlacedRun run, double lostWork)
{
    private readonly List<(VictimRoom Room, Resources Demand)> _places = [];

    public PlacedRun Run => run;

    public double LostWork => lostWork;

    /// <summary>Whether it runs on several nodes, and so is stopped on all of them.</summary>
    public bool IsGang => run.Occupancies.Count > 1;

    public bool IsStopped { get; private set; }

    /// <summary>The nodes for the waiting run that it is on; it may be on others.</summary>
    public IReadOnlyList<(VictimRoom Room, Resources Demand)> Places => _places;

    public void Add(VictimRoom room, Resources demand)
    {
        _places.Add((room, demand));
        room.Victims.Add((this, demand));
    }

    public void Stop()
    {
        IsStopped = true;
        _places.ForEach(place => place.Room.Free += place.Demand);
    }

    public void GoOn()
    {
        IsStopped = false;
        _places.ForEach(place => place.Room.Free -= place.Demand);
    }
}
