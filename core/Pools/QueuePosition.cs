using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The position of a queued run.</summary>
public sealed record QueuePosition
{
    /// <summary>The pool that the run waits in; null for the service's own.</summary>
    public string? Pool { get; init; }

    /// <summary>The number of runs of the same pool that go first.</summary>
    public required int Ahead { get; init; }

    /// <summary>The scheduler's view of the run; null when the scheduler was not asked.</summary>
    public RunStanding? Standing { get; init; }

    /// <summary>The number of GPUs that the run needs.</summary>
    public required int NeededGpus { get; init; }

    /// <summary>The disk space that it needs on each node; 0 for none.</summary>
    public long NeededDiskBytes { get; init; }

    /// <summary>The number of nodes that it takes at once, each with all that it needs.</summary>
    public int NeededNodes { get; init; } = 1;

    /// <summary>The number of recently seen nodes that fit the run.</summary>
    public int FittingNodes { get; init; }

    /// <summary>The number of those that have room for it now.</summary>
    public int FreeNodes { get; init; }

    /// <summary>Whether some nodes fit the run, but fewer than it takes at once.</summary>
    public bool AreNodesTooFew => Lacking is null && FittingNodes < NeededNodes && NeededNodes > 1;

    /// <summary>The number of free slots on the pool's recently seen nodes that fit the run.</summary>
    public required int FreeSlots { get; init; }

    /// <summary>
    /// What no recently seen node has, as a clause on the nearest one; null when some node has everything.
    /// </summary>
    public string? Lacking { get; init; }

    /// <summary>The number of recently seen nodes.</summary>
    public required int Nodes { get; init; }

    /// <summary>
    /// The number of recently seen nodes that fit the run but are set aside after failing several runs.
    /// </summary>
    public int SetAside { get; init; }

    /// <summary>The number of recently seen nodes that fit the run but are drained.</summary>
    public int Drained { get; init; }

    /// <summary>The time before which the run may not be leased; null when it may be leased now.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The number of machines that are starting for the pool.</summary>
    public int Starting { get; init; }

    /// <summary>Whether all nodes that fit the run are CPU nodes.</summary>
    public required bool CpuOnly { get; init; }
}
