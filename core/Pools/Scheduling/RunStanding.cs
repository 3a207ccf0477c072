namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The reason why a run waits.</summary>
public enum RunHold
{
    /// <summary>Other runs are before it, or there is no room for it.</summary>
    Turn,

    /// <summary>It may not begin yet.</summary>
    NotDue,

    /// <summary>Its owner's runs hold as many GPUs as the owner's limit allows.</summary>
    OwnerGpus,

    /// <summary>Its owner has as many running runs as the owner's limit allows.</summary>
    OwnerRuns,

    /// <summary>The pool's runs hold as many GPUs as the pool's limit allows.</summary>
    PoolGpus,

    /// <summary>The pool has as many running runs as its limit allows.</summary>
    PoolRuns,

    /// <summary>Nodes are reserved for it and will have room later.</summary>
    Reserved,

    /// <summary>Runs on the nodes reserved for it were told to give way.</summary>
    Preempting,

    /// <summary>There is room, but it is kept for a large run that it would delay.</summary>
    ReservedForOthers,
}

/// <summary>The standing of a waiting run, with a forecast of its start.</summary>
public sealed record RunStanding
{
    public required QueuedRun Run { get; init; }

    /// <summary>
    /// The number of waiting runs that would get nodes before it, if all nodes were alike and no run were added.
    /// </summary>
    public required int Ahead { get; init; }

    public required RunHold Hold { get; init; }

    /// <summary>
    /// The latest start when nodes are reserved; otherwise an estimate, if running runs use all their time. Null when
    /// unknown.
    /// </summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Whether nodes are reserved for it from <see cref="StartsAt"/> on.</summary>
    public bool IsPromised { get; init; }

    /// <summary>Whether the start is estimated from how long like runs took, for want of a <c>max_duration</c> of what runs.</summary>
    public bool IsFromHistory { get; init; }

    /// <summary>The limit that holds it back; 0 for none.</summary>
    public int Limit { get; init; }

    /// <summary>Its owner's recent usage in GPU seconds, decayed by half in each half-life.</summary>
    public double OwnerUsage { get; init; }

    /// <summary>Its owner's part of all owners' recent usage, 0 to 1.</summary>
    public double OwnerPart { get; init; }

    /// <summary>Its owner's part of the total weight of the owners who use the pool or wait for it, 0 to 1.</summary>
    public double OwnerShare { get; init; }
}
