using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>An attempt that waits for nodes.</summary>
public sealed record QueuedRun
{
    public required RunId RunId { get; init; }

    public int Attempt { get; init; } = 1;

    /// <summary>Whose it is; empty when it was queued before that was kept.</summary>
    public required string Owner { get; init; }

    /// <summary>Higher goes first among the owner's own.</summary>
    public int Priority { get; init; }

    /// <summary>The order of the owner's runs of one priority.</summary>
    public required long Age { get; init; }

    /// <summary>When its run was first queued.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    public required RunNeeds Needs { get; init; }

    /// <summary>How long its command may run; null without limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How long it will probably hold its nodes, for estimates only; null where nobody knows.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>How many nodes it needs at once: all or none, each with all of <see cref="Needs"/>.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>It waits until then; null when it does not.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The nodes that failed it.</summary>
    public IReadOnlyList<string> Avoided { get; init; } = [];

    /// <summary>Until then it is kept for a node that did not fail it, if there is one.</summary>
    public DateTimeOffset? AvoidUntil { get; init; }
}

/// <summary>An attempt that has its nodes.</summary>
public sealed record RunningRun
{
    public required QueuedRun Run { get; init; }

    public required IReadOnlyList<string> Nodes { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>A run and the nodes that it gets, all of them at once.</summary>
public sealed record PlacementDecision(QueuedRun Run, IReadOnlyList<string> Nodes)
{
    /// <summary>Whether it goes ahead of a run that has a reservation on one of these nodes.</summary>
    public bool IsBackfill { get; init; }
}

/// <summary>A node as it was last heard of.</summary>
public sealed record NodeSighting
{
    public required string Name { get; init; }

    public required NodeProvides Provides { get; init; }

    /// <summary>All that it has, free or not.</summary>
    public required Resources Capacity { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Whether it may be given runs: not retired, not set aside, with slots.</summary>
    public bool IsUsable { get; init; } = true;
}
