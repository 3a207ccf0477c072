using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>
/// The queue of attempts that wait for a node, and the leases of those that run. A lease has an owner (the node), a
/// token and an expiry. Every call for a lease needs its token; a stale holder gets a
/// <see cref="LeaseLostException"/>.
/// </summary>
public interface IDispatchQueue
{
    /// <summary>
    /// Adds an attempt of a run. Does nothing when this attempt or a later one is queued, leased or finished.
    /// </summary>
    Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the next run that fits the node, as <see cref="PoolScheduler"/> decides, waiting up to
    /// <paramref name="wait"/>. Returns null when there was none, or when the node is set aside. A run for several nodes
    /// is leased to as many that wait at once, or to none. A lease that the node does not report is given to it again
    /// under a new token if the node never renewed it, and expires at once if the node did.
    /// </summary>
    Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Checks a lease and, with <paramref name="extend"/>, sets its expiry to that long from now. Throws
    /// <see cref="LeaseLostException"/> when the token does not match, or when the lease has expired, was taken as
    /// lost, or finished.
    /// </summary>
    Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken);

    /// <summary>
    /// Ends an attempt, queued or leased, and voids its tokens. With <paramref name="learner"/>, ends only the lease of
    /// that learner while others hold theirs; the last one ends the attempt. Idempotent.
    /// </summary>
    Task FinishAsync(RunId id, int attempt, int? learner, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the finished attempts of a run, so that a new run with the same id can be queued. Attempts that have
    /// not ended stay.
    /// </summary>
    Task ForgetAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a queued attempt out, or signals the holder of a leased one by <see cref="LeaseStatus.CancelRequested"/>.
    /// Idempotent.
    /// </summary>
    Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the attempts with an expired lease, each once, and voids their tokens. Every call returns them until <see cref="FinishAsync"/>, so
    /// that a crash in between loses none.
    /// </summary>
    Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Tells the holders of preemptible attempts to give way to waiting runs, as <see cref="PoolScheduler.Preempt"/>
    /// decides, by <see cref="LeaseStatus.Preemption"/>. Returns those that were told now.
    /// </summary>
    Task<IReadOnlyList<Preemption>> PreemptAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Records that a preemptible attempt saved a checkpoint now, so that giving way loses only what it does from now on.
    /// Does nothing for other attempts.
    /// </summary>
    Task SavedAsync(RunId id, int attempt, CancellationToken cancellationToken);
}

/// <summary>Shorter calls of a queue.</summary>
public static class DispatchQueueExtensions
{
    /// <summary>Ends an attempt with all its learners.</summary>
    public static Task FinishAsync(
        this IDispatchQueue queue,
        RunId id,
        int attempt,
        CancellationToken cancellationToken
    ) => queue.FinishAsync(id, attempt, learner: null, cancellationToken);
}

/// <summary>An attempt to queue.</summary>
public sealed record DispatchEntry
{
    public required RunId RunId { get; init; }

    /// <summary>The attempt number, from 1.</summary>
    public required int Attempt { get; init; }

    public required string Pool { get; init; }

    /// <summary>The requirements on a node.</summary>
    public required RunNeeds Needs { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>
    /// How many nodes it takes at once, each with all of <see cref="Needs"/> and for one learner: all of them or none.
    /// </summary>
    public int Nodes { get; init; } = 1;

    /// <summary>A higher priority goes first among the runs of the same owner; 0 is normal.</summary>
    public int Priority { get; init; }

    /// <summary>The time limit of the command; null for no limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How long it will probably hold its node, for estimates only; null where nobody knows.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>Whether the attempt may be told to give way to other runs.</summary>
    public bool IsPreemptible { get; init; }

    /// <summary>How long the attempt waits before it may be leased, 0 to <see cref="RetryDelays.Longest"/>.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>A lease that was just given.</summary>
public sealed record Lease
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The learner that the node is, from 1.</summary>
    public int Learner { get; init; } = 1;

    /// <summary>How many learners the attempt has.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>A secret that only the holder knows.</summary>
    public required string Token { get; init; }

    /// <summary>The slots of the node that the run takes.</summary>
    public required int Slots { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The credentials of a lease's holder.</summary>
public readonly record struct LeaseKey(RunId RunId, int Attempt, string Token);

/// <summary>The status of a lease.</summary>
public sealed record LeaseStatus(DateTimeOffset ExpiresAt, bool CancelRequested, string Node)
{
    /// <summary>The learner that the node is, from 1.</summary>
    public int Learner { get; init; } = 1;

    /// <summary>The order to give way to another run; null while there is none.</summary>
    public PreemptionOrder? Preemption { get; init; }

    /// <summary>How many learners the attempt has.</summary>
    public int Learners { get; init; } = 1;
}

/// <summary>An attempt of which a node fell silent; the leases of its other learners are void too.</summary>
public sealed record LostLease(RunId RunId, int Attempt, string Node)
{
    /// <summary>The learner of the silent node, from 1.</summary>
    public int Learner { get; init; } = 1;
}

/// <summary>The result of a cancel.</summary>
public enum CancelOutcome
{
    /// <summary>The attempt was queued and has been taken out.</summary>
    Removed,

    /// <summary>A node holds the attempt and learns of the cancel with its next heartbeat.</summary>
    Signaled,

    /// <summary>The attempt is neither queued nor leased.</summary>
    NotFound,
}
