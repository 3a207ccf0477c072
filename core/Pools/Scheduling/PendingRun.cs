using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A waiting run and its place in the scheduler.</summary>
internal sealed class PendingRun(QueuedRun queued)
{
    public static Comparer<PendingRun> ByPriority { get; } = Comparer<PendingRun>.Create(Compare);

    public QueuedRun Queued => queued;

    public RunId RunId => queued.RunId;

    /// <summary>The group of the run; null while it is not due.</summary>
    public RunGroup? Group { get; set; }

    public Reservation? Reservation { get; set; }

    private static int Compare(PendingRun one, PendingRun other) =>
        one.Queued.Priority != other.Queued.Priority ? other.Queued.Priority.CompareTo(one.Queued.Priority)
        : one.Queued.Age != other.Queued.Age ? one.Queued.Age.CompareTo(other.Queued.Age)
        : string.CompareOrdinal(one.RunId.ToString(), other.RunId.ToString());
}

/// <summary>
/// An owner's waiting runs of one shape. Only the first one is considered: the others have the same needs.
/// </summary>
internal sealed class RunGroup(NeedShape shape, OwnerAccount owner)
{
    private readonly SortedSet<PendingRun> _runs = new(PendingRun.ByPriority);

    public NeedShape Shape => shape;

    public OwnerAccount Owner => owner;

    public int Count => _runs.Count;

    public IEnumerable<PendingRun> Runs => _runs;

    /// <summary>The first run; null when the group is empty.</summary>
    public PendingRun? First { get; private set; }

    public void Add(PendingRun run)
    {
        _runs.Add(run);
        run.Group = this;
        First = _runs.Min;
    }

    public void Remove(PendingRun run)
    {
        _runs.Remove(run);
        run.Group = null;
        First = _runs.Min;
    }
}
