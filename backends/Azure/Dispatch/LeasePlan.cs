using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>Which attempt a node gets and which of its leases are lost: read first, written afterwards if nothing changed.</summary>
internal sealed record LeasePlan(IReadOnlyList<AttemptRecord> Lost, AttemptRecord? Given)
{
    public bool IsEmpty => Lost.Count == 0 && Given is null;

    /// <summary>Throws <see cref="ConflictException"/> when the queue changes while it is read.</summary>
    public static async Task<LeasePlan> MakeAsync(
        AttemptTable attempts,
        NodeOffer offer,
        DateTimeOffset expiredUpTo,
        CancellationToken cancellationToken
    )
    {
        var unheld = await UnheldAsync(attempts, offer, expiredUpTo, cancellationToken);
        var again = unheld.Where(record => LeaseRules.CanGiveAgain(offer, record.Gpus, record.Renewed)).ToList();
        var given = again.MinBy(record => record.Sequence) ?? await HeadAsync(attempts, offer, cancellationToken);
        return new LeasePlan([.. unheld.Except(again)], given);
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
                continue;
            unheld.Add(await FindAsync(attempts, lease.RunId, AttemptState.Leased, cancellationToken));
        }
        return unheld;
    }

    private static async Task<AttemptRecord?> HeadAsync(
        AttemptTable attempts,
        NodeOffer offer,
        CancellationToken cancellationToken
    )
    {
        var fitsTheNode = $"{nameof(AttemptRecord.Gpus)} le {LeaseRules.MostGpus(offer)}";
        var queue = attempts.Rows(DispatchKeys.Queue(offer.Pool), cancellationToken, fitsTheNode, maxPerPage: 1);
        await foreach (var row in queue)
        {
            if (!LeaseRules.Fits(offer, row.GetInt32(nameof(AttemptRecord.Gpus))!.Value))
                return null;
            var id = RunId.Parse(row.GetString(nameof(AttemptRecord.RunId)));
            return await FindAsync(attempts, id, AttemptState.Queued, cancellationToken);
        }
        return null;
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
