namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A run on its nodes.</summary>
internal sealed class PlacedRun(
    QueuedRun run,
    OwnerAccount owner,
    IReadOnlyList<Occupancy> occupancies,
    long startedAt,
    long number
)
{
    /// <summary>Orders runs by their start, the latest first: those that have the least work to lose.</summary>
    public static Comparer<PlacedRun> LatestFirst { get; } =
        Comparer<PlacedRun>.Create(
            (one, other) =>
                one.StartedAt != other.StartedAt
                    ? other.StartedAt.CompareTo(one.StartedAt)
                    : string.CompareOrdinal(one.Run.RunId.ToString(), other.Run.RunId.ToString())
        );

    public QueuedRun Run => run;

    public OwnerAccount Owner => owner;

    public IReadOnlyList<Occupancy> Occupancies => occupancies;

    /// <summary>In ticks.</summary>
    public long StartedAt => startedAt;

    /// <summary>When it last saved a checkpoint, in ticks; 0 when it has not.</summary>
    public long SavedAt { get; set; }

    /// <summary>What it did since then is lost when it is stopped, in ticks.</summary>
    public long UnsavedSince => Math.Max(startedAt, SavedAt);

    /// <summary>Counts up with every run that was placed.</summary>
    public long Number => number;

    /// <summary>The order to give way that it was told; null when there is none.</summary>
    public PreemptionOrder? Preemption { get; set; }

    /// <summary>Whether it is this attempt on these nodes.</summary>
    public bool Is(RunningRun other) =>
        run.Attempt == other.Run.Attempt && occupancies.Select(place => place.Node.Name).SequenceEqual(other.Nodes);
}
