using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>An attempt that waits for a node, as a queue keeps it.</summary>
public sealed record QueuedAttempt
{
    // Longer ahead than any wait: written by a clock that has been set back since.
    private static readonly TimeSpan Longest = RetryDelays.Longest + RetryDelays.AvoidFor;

    public required RunId RunId { get; init; }

    /// <summary>Its own place among all.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it came, in places: the order of its owner's runs of one priority.</summary>
    public required long Age { get; init; }

    /// <summary>The place it has in the order of the queue: its own, or one of another run of its owner.</summary>
    public long Place { get; init; }

    /// <summary>Whose it is; empty when it was queued before that was kept.</summary>
    public required string Owner { get; init; }

    /// <summary>Higher goes first among the owner's own.</summary>
    public required int Priority { get; init; }

    public required RunNeeds Needs { get; init; }

    /// <summary>It waits until then; null when it does not.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The nodes that failed it.</summary>
    public IReadOnlyList<string> Avoided { get; init; } = [];

    /// <summary>Until then it is kept for a node that did not fail it, if there is one.</summary>
    public DateTimeOffset? AvoidUntil { get; init; }

    public bool IsDue(DateTimeOffset now) => NotBefore is not { } at || at <= now || at > now + Longest;

    public bool Avoids(string node, DateTimeOffset now) =>
        Avoided.Contains(node) && AvoidUntil is { } until && until > now && until <= now + Longest;
}
