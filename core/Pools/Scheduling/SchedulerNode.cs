namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A node and what runs on it.</summary>
internal sealed class SchedulerNode(string name, int index)
{
    /// <summary>From here on it is not known when slots come free; behind it they are counted.</summary>
    public const long Unknown = long.MaxValue - 1_000_000;

    private readonly List<Occupancy> _runs = [];

    public static Comparer<SchedulerNode> ByIndex { get; } =
        Comparer<SchedulerNode>.Create((one, other) => one.Index.CompareTo(other.Index));

    /// <summary>Those first that changed last.</summary>
    public static Comparer<SchedulerNode> ByChange { get; } =
        Comparer<SchedulerNode>.Create(
            (one, other) =>
                one.ChangedAt != other.ChangedAt
                    ? other.ChangedAt.CompareTo(one.ChangedAt)
                    : one.Index.CompareTo(other.Index)
        );

    public string Name => name;

    /// <summary>In the order of their coming.</summary>
    public int Index => index;

    public NodeClass? Class { get; set; }

    public NodeSighting? Sighting { get; set; }

    /// <summary>Whether it is there and may be given runs.</summary>
    public bool IsThere { get; set; }

    /// <summary>Whether it waits for a run.</summary>
    public bool IsAsking { get; set; }

    /// <summary>What it last said is free, less what it was given and with what ended since.</summary>
    public Resources Free { get; set; }

    public Reservation? Reservation { get; set; }

    /// <summary>The moment when it last got room, or was reserved.</summary>
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

    /// <summary>When so many slots are free, in ticks: 0 when they are, <see cref="Unknown"/> and more when nobody knows.</summary>
    public long FreeAt(int slots) => FreeAt(new Resources(slots, 0, 0));

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

    /// <summary>What is free at an instant beside a run that begins then, counting as running what has no known end before.</summary>
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
/// <param name="Demand">What it takes.</param>
/// <param name="EndsAt">In ticks; <see cref="long.MaxValue"/> when nobody knows.</param>
internal sealed record Occupancy(SchedulerNode Node, Resources Demand, long EndsAt)
{
    /// <summary>As it is, or as like runs took; for estimates only.</summary>
    public long LikelyEndsAt { get; init; } = EndsAt;

    public bool Equals(Occupancy? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>Nodes that are kept for a run, and when it begins at the latest.</summary>
internal sealed class Reservation(PendingRun run, OwnerAccount owner, IReadOnlyList<SchedulerNode> nodes, long startsAt)
{
    public PendingRun Run => run;

    public OwnerAccount Owner => owner;

    public IReadOnlyList<SchedulerNode> Nodes => nodes;

    /// <summary>In ticks; <see cref="SchedulerNode.Unknown"/> or more when nobody knows.</summary>
    public long StartsAt => startsAt;

    public bool IsKnown => startsAt < SchedulerNode.Unknown;
}
