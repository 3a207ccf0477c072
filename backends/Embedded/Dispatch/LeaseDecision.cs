using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>Which run a node gets: one decision, inside one transaction.</summary>
internal sealed class LeaseDecision(
    SqliteSession session,
    NodeOffer offer,
    DateTimeOffset now,
    DateTimeOffset expiredUpTo,
    DateTimeOffset expiry,
    TimeSpan seenLately
)
{
    public Lease? Decide()
    {
        NodeTable.See(session, offer, now);
        return SettleUnheld() ?? (MayTake() ? LeaseNext() : null);
    }

    // The answer that carried a lease can get lost, and a node can lose what it ran: the node says what it holds.
    private Lease? SettleUnheld()
    {
        var held = offer.Holds.ToHashSet();
        AttemptRow? again = null;
        foreach (var row in AttemptRow.LeasedTo(session, offer, expiredUpTo))
        {
            if (held.Contains(new HeldLease(row.RunId, row.Attempt)))
            {
                continue;
            }
            if (LeaseRules.CanGiveAgain(offer, row.Needs, row.Renewed))
            {
                again ??= row;
            }
            else
            {
                AttemptChanges.Lose(session, row.RunId);
            }
        }
        return again is null ? null : Give(again);
    }

    private bool MayTake() =>
        NodeTable.Find(session, offer.Node, now) is { IsRetired: false } node
        && node.Standing.MayTake(offer.Holds.Count, now);

    private Lease? LeaseNext()
    {
        var queue = AttemptRow.Waiting(session, offer.Pool);
        var nodes = LeaseChoice.DependsOnOthers(offer, queue, now)
            ? NodeTable.OfPool(session, offer.Pool, now).FindAll(node => node.SeenAt >= now - seenLately)
            : [];
        if (LeaseChoice.Make(offer, queue, nodes, now) is not { } next)
        {
            return null;
        }
        AttemptChanges.TakePlace(session, next);
        return Give(AttemptRow.Find(session, next.RunId)!);
    }

    private Lease Give(AttemptRow row)
    {
        NodeTable.SeeBusy(session, offer.Node, now);
        return AttemptChanges.Lease(session, row, offer.Node, LeaseRules.SlotsFor(offer, row.Needs.Gpus), expiry);
    }
}
