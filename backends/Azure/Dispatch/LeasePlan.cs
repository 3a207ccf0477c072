using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The times by which leases are given and are over.</summary>
internal sealed record LeaseMoment(
    DateTimeOffset Now,
    DateTimeOffset Expiry,
    DateTimeOffset ExpiredUpTo,
    DateTimeOffset SeenSince
);

/// <summary>Which attempt a node gets and which of its leases are lost: read first, written afterwards if nothing changed.</summary>
internal sealed record LeasePlan(IReadOnlyList<AttemptRecord> Lost, AttemptRecord? Given)
{
    /// <summary>The attempt whose place in the queue the given one takes; null when it has its own.</summary>
    public AttemptRecord? Displaced { get; private init; }

    public bool IsEmpty => Lost.Count == 0 && Given is null;

    /// <summary>Throws <see cref="ConflictException"/> when the queue changes while it is read.</summary>
    public static async Task<LeasePlan> MakeAsync(
        AttemptTable attempts,
        NodeRows nodes,
        NodeOffer offer,
        LeaseMoment moment,
        CancellationToken cancellationToken
    )
    {
        var unheld = await UnheldAsync(attempts, offer, moment.ExpiredUpTo, cancellationToken);
        var again = unheld.Where(record => LeaseRules.CanGiveAgain(offer, record.Needs, record.Renewed)).ToList();
        IReadOnlyList<AttemptRecord> lost = [.. unheld.Except(again)];
        if (again.MinBy(record => record.Sequence) is { } held)
        {
            return new LeasePlan(lost, held);
        }
        var queue = await attempts.WaitingAsync(offer.Pool, cancellationToken);
        if (await NextAsync(queue, attempts, nodes, offer, moment, cancellationToken) is not { } next)
        {
            return new LeasePlan(lost, Given: null);
        }
        var given = await FindAsync(attempts, next.RunId, AttemptState.Queued, cancellationToken);
        if (next.Place == next.Sequence)
        {
            return new LeasePlan(lost, given);
        }
        var whose = queue.First(other => other.Sequence == next.Place).RunId;
        var displaced = await FindAsync(attempts, whose, AttemptState.Queued, cancellationToken);
        return new LeasePlan(lost, given) { Displaced = displaced };
    }

    // The answer that carried a lease can get lost, and a node can lose what it ran: the node says what it holds.
    private static async Task<List<AttemptRecord>> UnheldAsync(
        AttemptTable attempts,
        NodeOffer offer,
        DateTimeOffset expiredUpTo,
        CancellationToken cancellationToken
    )
    {
        var held = offer.Holds.ToHashSet();
        var unheld = new List<AttemptRecord>();
        await foreach (var row in attempts.Rows(DispatchKeys.LeasesOf(offer.Node), cancellationToken))
        {
            var lease = LeaseRow.Read(row);
            var isOver = lease.IsLost || lease.ExpiresAt <= expiredUpTo.UtcTicks;
            if (isOver || lease.Pool != offer.Pool || held.Contains(new HeldLease(lease.RunId, lease.Attempt)))
            {
                continue;
            }
            unheld.Add(await FindAsync(attempts, lease.RunId, AttemptState.Leased, cancellationToken));
        }
        return unheld;
    }

    private static async Task<QueuedAttempt?> NextAsync(
        IReadOnlyList<QueuedAttempt> queue,
        AttemptTable attempts,
        NodeRows nodes,
        NodeOffer offer,
        LeaseMoment moment,
        CancellationToken cancellationToken
    )
    {
        var others = LeaseChoice.DependsOnOthers(offer, queue, moment.Now)
            ? await nodes.OfPoolAsync(offer.Pool, attempts, cancellationToken)
            : [];
        var there = others.Where(node => node.SeenAt >= moment.SeenSince.UtcTicks);
        return LeaseChoice.Make(offer, queue, [.. there.Select(n => n.ToPoolNode(0, moment.Now))], moment.Now);
    }

    private static async Task<AttemptRecord> FindAsync(
        AttemptTable attempts,
        RunId id,
        AttemptState state,
        CancellationToken cancellationToken
    )
    {
        var record = await attempts.FindAsync(id, cancellationToken);
        return record?.State == state ? record : throw new ConflictException();
    }
}
