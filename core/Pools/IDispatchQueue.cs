using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>
/// The runs that wait for a node and the leases of those that have one. A lease has an owner (the node), a token and an
/// expiry; every call for a lease is guarded by its token, and a stale holder learns it by <see cref="LeaseLostException"/>.
/// </summary>
public interface IDispatchQueue
{
    /// <summary>Adds a run's attempt; does nothing when this attempt or a later one is there or was finished.</summary>
    Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the next run that fits the node, as <see cref="Scheduling.PoolScheduler"/> says, waiting up to
    /// <paramref name="wait"/> for one; null when none came, and for a node that is set aside. A lease this
    /// node was given but never renewed, and does not say it holds, is given to it again under a new token; one that it
    /// renewed and no longer holds expires at once.
    /// </summary>
    Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Checks a lease and, with <paramref name="extend"/>, sets its expiry to now plus that. Throws <see cref="LeaseLostException"/>
    /// when the token is not the lease's or the lease has expired, was taken as lost, or finished.
    /// </summary>
    Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken);

    /// <summary>Ends an attempt, queued or leased; its token is void from now on. Repeatable.</summary>
    Task FinishAsync(RunId id, int attempt, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets that a run's attempt ended, so that a run made anew under this id is queued like any other. What has not ended
    /// stays as it is.
    /// </summary>
    Task ForgetAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>Takes a queued attempt out, or tells the holder of a leased one (by <see cref="LeaseStatus.CancelRequested"/>). Repeatable.</summary>
    Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken);

    /// <summary>
    /// The leases whose expiry has passed. Their tokens are void from now on; they are given out at every call until
    /// <see cref="FinishAsync"/>, so that a crash in between loses none.
    /// </summary>
    Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken);
}

/// <summary>What waits for a node.</summary>
public sealed record DispatchEntry
{
    public required RunId RunId { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    public required string Pool { get; init; }

    /// <summary>What a node must have to be given it.</summary>
    public required RunNeeds Needs { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>Higher goes first among the owner's own; 0 is normal.</summary>
    public int Priority { get; init; }

    /// <summary>How long its command may run; null without limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How long it will probably hold its node, for estimates only; null where nobody knows.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>How long it waits before it may be leased, 0 to <see cref="RetryDelays.Longest"/>.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>A lease that was just given.</summary>
public sealed record Lease
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Secret; known to the holder only.</summary>
    public required string Token { get; init; }

    /// <summary>Slots of the node the run takes.</summary>
    public required int Slots { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What a holder shows for its lease.</summary>
public readonly record struct LeaseKey(RunId RunId, int Attempt, string Token);

/// <summary>How a lease stands.</summary>
public sealed record LeaseStatus(DateTimeOffset ExpiresAt, bool CancelRequested, string Node);

/// <summary>A lease whose node fell silent.</summary>
public sealed record LostLease(RunId RunId, int Attempt, string Node);

/// <summary>What a cancel met.</summary>
public enum CancelOutcome
{
    /// <summary>It was queued and is out.</summary>
    Removed,

    /// <summary>A node holds it and will learn it with its next heartbeat.</summary>
    Signaled,

    /// <summary>Neither queued nor leased.</summary>
    NotFound,
}
