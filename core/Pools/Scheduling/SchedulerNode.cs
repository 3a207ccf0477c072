namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A node and its running runs.</summary>
internal sealed class SchedulerNode(string name, int index)
{
    /// <summary>Times from this value on are unknown; the offset counts the missing slots.</summary>
    public const long Unknown = long.MaxValue - 1_000_000;

    private readonly List<Occupancy> _runs = [];

    public static Comparer<SchedulerNode> ByIndex { get; } =
        Comparer<SchedulerNode>.Create((one, other) => one.Index.CompareTo(other.Index));

    /// <summary>Orders nodes by their last change, the latest first.</summary>
    public static Comparer<SchedulerNode> ByChange { get; } =
        Comparer<SchedulerNode>.Create(
            (one, other) =>
                one.ChangedAt != other.ChangedAt
                    ? other.ChangedAt.CompareTo(one.ChangedAt)
                    : one.Index.CompareTo(other.Index)
        );

    public string Name => name;

    /// <summary>The order in which nodes were first seen.</summary>
    public int Index => index;

    public NodeClass? Class { get; set; }

    public NodeSighting? Sighting { get; set; }

    /// <summary>Whether the node is present and may be given runs.</summary>
    public bool IsThere { get; set; }

    /// <summary>Whether the node waits for a run.</summary>
    public bool IsAsking { get; set; }

    /// <summary>Whether it waits at another process; only runs on several nodes may take it from here.</summary>
    public bool AsksElsewhere { get; set; }

    /// <summary>
    /// The free resources of its last report, less those of runs it got since, plus those of runs that ended since.
    /// </summary>
    public Resources Free { get; set; }

    public Reservation? Reservation { get; set; }

    /// <summary>The change number at which it last got room or was reserved.</summary>
    public long ChangedAt { get; set; }

    public IReadOnlyList<Occupancy> Runs => _runs;

    public void Add(Occupancy run)
    {
        var at = _runs.FindIndex(other => other.EndsAt > run.EndsAt);
        _runs.Insert(at < 0 ? _runs.Count : at, run);
        Free -= run.Demand;
    }

    public void Remove(Occupancy run)
    {
        if (_runs.Remove(run) && Sighting is { } sighting)
        {
            Free = Resources.Min(Free + run.Demand, sighting.Capacity);
        }
    }

    /// <summary>
    /// The time when this many slots are free, in ticks: 0 when they are now; <see cref="Unknown"/> or more when
    /// unknown.
    /// </summary>
    public long FreeAt(int slots) => FreeAt(new Resources(slots, 0, 0, 0));

    /// <inheritdoc cref="FreeAt(int)"/>
    public long FreeAt(Resources demand)
    {
        var free = Free;
        if (demand.FitsIn(free))
        {
            return 0;
        }
        foreach (var run in _runs)
        {
            if (run.EndsAt == long.MaxValue)
            {
                break;
            }
            free += run.Demand;
            if (demand.FitsIn(free))
            {
                return run.EndsAt;
            }
        }
        return Unknown + Math.Max(0, demand.Slots - free.Slots);
    }

    /// <summary>
    /// The free resources at an instant beside a run that begins then. A run without a known end before counts as
    /// running.
    /// </summary>
    public Resources FreeBeside(long at, Resources reserved)
    {
        var free = Free - reserved;
        foreach (var run in _runs)
        {
            if (run.EndsAt > at)
            {
                break;
            }
            free += run.Demand;
        }
        return free;
    }
}

/// <summary>A run on one of its nodes.</summary>
/// <param name="Demand">The resources that it takes.</param>
/// <param name="EndsAt">The end in ticks; <see cref="long.MaxValue"/> when unknown.</param>
internal sealed record Occupancy(SchedulerNode Node, Resources Demand, long EndsAt)
{
    /// <summary>As it is, or as like runs took; for estimates only.</summary>
    public long LikelyEndsAt { get; init; } = EndsAt;

    public bool Equals(Occupancy? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>Nodes that are kept for a run, and the run's latest start.</summary>
internal sealed class Reservation(PendingRun run, OwnerAccount owner, IReadOnlyList<SchedulerNode> nodes, long startsAt)
{
    public PendingRun Run => run;

    public OwnerAccount Owner => owner;

    public IReadOnlyList<SchedulerNode> Nodes => nodes;

    /// <summary>The latest start in ticks; <see cref="SchedulerNode.Unknown"/> or more when unknown.</summary>
    public long StartsAt => startsAt;

    public bool IsKnown => startsAt < SchedulerNode.Unknown;

    /// <summary>Whether runs on these nodes were told to give way to the run.</summary>
    public bool IsByPreemption { get; init; }
}
