using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A waiting run and where it stands.</summary>
internal sealed class WaitingRun(QueuedRun queued)
{
    public static Comparer<WaitingRun> ByPriority { get; } = Comparer<WaitingRun>.Create(Compare);

    public QueuedRun Queued => queued;

    public RunId RunId => queued.RunId;

    /// <summary>Null while it is not due.</summary>
    public RunGroup? Group { get; set; }

    public Reservation? Reservation { get; set; }

    private static int Compare(WaitingRun one, WaitingRun other) =>
        one.Queued.Priority != other.Queued.Priority ? other.Queued.Priority.CompareTo(one.Queued.Priority)
        : one.Queued.Age != other.Queued.Age ? one.Queued.Age.CompareTo(other.Queued.Age)
        : string.CompareOrdinal(one.RunId.ToString(), other.RunId.ToString());
}

/// <summary>An owner's waiting runs of one shape. Only the first matters: the others are just like it.</summary>
internal sealed class RunGroup(NeedShape shape, OwnerAccount owner)
{
    private readonly SortedSet<WaitingRun> _runs = new(WaitingRun.ByPriority);

    public NeedShape Shape => shape;

    public OwnerAccount Owner => owner;

    public int Count => _runs.Count;

    public IEnumerable<WaitingRun> Runs => _runs;

    /// <summary>Null when the group is empty.</summary>
    public WaitingRun? First { get; private set; }

    public void Add(WaitingRun run)
    {
        _runs.Add(run);
        run.Group = this;
        First = _runs.Min;
    }

    public void Remove(WaitingRun run)
    {
        _runs.Remove(run);
        run.Group = null;
        First = _runs.Min;
    }
}
