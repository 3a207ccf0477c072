namespace Trainyard.Core.Pools.Scheduling;

/// <summary>What holds a waiting run back.</summary>
public enum RunHold
{
    /// <summary>Others are before it, or there is no room for it.</summary>
    Turn,

    /// <summary>It may not begin before a time.</summary>
    NotDue,

    /// <summary>Its owner's runs hold as many GPUs as they may.</summary>
    OwnerGpus,

    /// <summary>As many of its owner's runs run as may.</summary>
    OwnerRuns,

    /// <summary>The pool's runs hold as many GPUs as they may.</summary>
    PoolGpus,

    /// <summary>As many runs of the pool run as may.</summary>
    PoolRuns,

    /// <summary>Nodes are kept for it, until they have room.</summary>
    Reserved,

    /// <summary>There is room, but it is kept for a large run that it would delay.</summary>
    ReservedForOthers,
}

/// <summary>Where a waiting run stands, and until when.</summary>
public sealed record RunStanding
{
    public required QueuedRun Run { get; init; }

    /// <summary>How many waiting runs would get nodes before it, if all were alike and nothing came.</summary>
    public required int Ahead { get; init; }

    public required RunHold Hold { get; init; }

    /// <summary>When it begins at the latest, as it was promised, or about when, if those that run take all their time; null when nobody knows.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Whether nodes are kept for it from then on.</summary>
    public bool IsPromised { get; init; }

    /// <summary>Whether the start is estimated from how long like runs took, for want of a <c>max_duration</c> of what runs.</summary>
    public bool IsFromHistory { get; init; }

    /// <summary>The limit that holds it back; 0 for none.</summary>
    public int Limit { get; init; }

    /// <summary>What its owner used lately, in GPU seconds that count half after each half-life.</summary>
    public double OwnerUsage { get; init; }

    /// <summary>Its owner's part of what all used lately, 0 to 1.</summary>
    public double OwnerPart { get; init; }

    /// <summary>Its owner's part of the weights of those who use the pool or wait for it, 0 to 1.</summary>
    public double OwnerShare { get; init; }
}
