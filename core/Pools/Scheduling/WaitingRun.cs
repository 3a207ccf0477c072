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

    public static Comparer<RunGroup> ByTurn { get; } = Comparer<RunGroup>.Create(CompareTurns);

    public static Comparer<RunGroup> ByAge { get; } = Comparer<RunGroup>.Create(CompareAges);

    public NeedShape Shape => shape;

    public OwnerAccount Owner => owner;

    public int Count => _runs.Count;

    public IEnumerable<WaitingRun> Runs => _runs;

    /// <summary>Kept, because sets are ordered by it; null when the group is empty.</summary>
    public WaitingRun? First { get; private set; }

    /// <summary>Whether it is in the orders.</summary>
    public bool IsOrdered { get; set; }

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

    private static int CompareTurns(RunGroup one, RunGroup other)
    {
        var byOwner = OwnerAccount.ByTurn.Compare(one.Owner, other.Owner);
        return byOwner != 0 ? byOwner : WaitingRun.ByPriority.Compare(one.First, other.First);
    }

    private static int CompareAges(RunGroup one, RunGroup other)
    {
        var (a, b) = (one.First!.Queued, other.First!.Queued);
        return a.QueuedAt != b.QueuedAt
            ? a.QueuedAt.CompareTo(b.QueuedAt)
            : string.CompareOrdinal(a.RunId.ToString(), b.RunId.ToString());
    }
}
