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
    TimeSpan leaseDuration
)
{
    public Lease? Decide()
    {
        NodeTable.See(session, offer, now);
        return SettleUnheld() ?? (NodeTable.IsRetired(session, offer.Node) ? null : LeaseHead());
    }

    // The answer that carried a lease can get lost, and a node can lose what it ran: the node says what it holds.
    private Lease? SettleUnheld()
    {
        var held = offer.Holds.ToHashSet();
        AttemptRow? again = null;
        foreach (var row in AttemptRow.LeasedTo(session, offer, expiredUpTo))
        {
            if (held.Contains(new HeldLease(row.RunId, row.Attempt)))
                continue;
            if (LeaseRules.CanGiveAgain(offer, row.Gpus, row.Renewed))
                again ??= row;
            else
                AttemptChanges.Lose(session, row.RunId);
        }
        return again is null ? null : Give(again);
    }

    private Lease? LeaseHead()
    {
        var head = AttemptRow.FindHead(session, offer.Pool, LeaseRules.MostGpus(offer));
        return head is null || !LeaseRules.Fits(offer, head.Gpus) ? null : Give(head);
    }

    private Lease Give(AttemptRow row)
    {
        NodeTable.SeeBusy(session, offer.Node, now);
        return AttemptChanges.Lease(
            session,
            row,
            offer.Node,
            LeaseRules.SlotsFor(offer, row.Gpus),
            now + leaseDuration
        );
    }
}
