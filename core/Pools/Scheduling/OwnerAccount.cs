namespace Trainyard.Core.Pools.Scheduling;

/// <summary>An owner: its share, what it holds, what of it waits.</summary>
internal sealed class OwnerAccount(string name, int index, FairShare share)
{
    public static Comparer<OwnerAccount> ByTurn { get; } = Comparer<OwnerAccount>.Create(Compare);

    public string Name => name;

    public FairShare Share => share;

    public List<RunGroup> Groups { get; } = [];

    public int RunningGpus { get; set; }

    public int Running { get; set; }

    /// <summary>Also those that are not due.</summary>
    public int Waiting { get; set; }

    /// <summary>Kept, because sets are ordered by it.</summary>
    public double Turn { get; set; }

    private int Index => index;

    private static int Compare(OwnerAccount one, OwnerAccount other) =>
        one.Turn != other.Turn ? one.Turn.CompareTo(other.Turn) : one.Index.CompareTo(other.Index);
}
