using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>An attempt that waits for nodes.</summary>
public sealed record QueuedRun
{
    public required RunId RunId { get; init; }

    public int Attempt { get; init; } = 1;

    /// <summary>The owner; empty when an older version queued the attempt.</summary>
    public required string Owner { get; init; }

    /// <summary>A higher priority goes first among the owner's own runs.</summary>
    public int Priority { get; init; }

    /// <summary>Orders the owner's runs of one priority.</summary>
    public required long Age { get; init; }

    /// <summary>The time when its run was first queued.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    public required RunNeeds Needs { get; init; }

    /// <summary>The time limit of the command; null for no limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How long it will probably hold its nodes, for estimates only; null where nobody knows.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>The number of nodes that it needs at once: all or none, each with all of <see cref="Needs"/>.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The time before which it may not start; null when it may start now.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether it may be stopped for a run that goes before it, to go on later.</summary>
    public bool IsPreemptible { get; init; }

    /// <summary>How often it was preempted.</summary>
    public int Preemptions { get; init; }

    /// <summary>The nodes that failed it.</summary>
    public IReadOnlyList<string> Avoided { get; init; } = [];

    /// <summary>The time until which it is kept for a node that did not fail it, if there is one.</summary>
    public DateTimeOffset? AvoidUntil { get; init; }
}

/// <summary>An attempt that runs on its nodes.</summary>
public sealed record RunningRun
{
    public required QueuedRun Run { get; init; }

    public required IReadOnlyList<string> Nodes { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last saved a checkpoint; null when it has not.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>The order to give way that it was told; null when there is none.</summary>
    public PreemptionOrder? Preemption { get; init; }
}

/// <summary>A run and all the nodes that it gets.</summary>
public sealed record PlacementDecision(QueuedRun Run, IReadOnlyList<string> Nodes)
{
    /// <summary>Whether the run goes ahead of a run that has a reservation on one of these nodes.</summary>
    public bool IsBackfill { get; init; }
}

/// <summary>The last report of a node.</summary>
public sealed record NodeSighting
{
    public required string Name { get; init; }

    public required NodeProvides Provides { get; init; }

    /// <summary>The node's total resources, free or not.</summary>
    public required Resources Capacity { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Whether it may be given runs: not retired, not set aside, with slots.</summary>
    public bool IsUsable { get; init; } = true;
}
