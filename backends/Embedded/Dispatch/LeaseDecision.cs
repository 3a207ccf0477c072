using Trainyard.Backends.Sqlite;
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
        return SettleUnheld() ?? LeaseHead();
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
            if (row.Renewed || SlotsFor(row) > offer.FreeSlots)
                AttemptChanges.Lose(session, row.RunId);
            else
                again ??= row;
        }
        return again is null ? null : Give(again);
    }

    private Lease? LeaseHead()
    {
        var head = AttemptRow.FindHead(session, offer.Pool, offer.Gpus > 0 ? offer.Gpus : int.MaxValue);
        // What does not fit yet waits for slots to come free; nothing behind it goes first.
        return head is null || SlotsFor(head) > offer.FreeSlots ? null : Give(head);
    }

    private Lease Give(AttemptRow row) =>
        AttemptChanges.Lease(session, row, offer.Node, SlotsFor(row), now + leaseDuration);

    // A CPU node runs anything in one slot; on a GPU node a run without GPUs takes one slot, too.
    private int SlotsFor(AttemptRow row) => offer.Gpus == 0 ? 1 : Math.Max(1, row.Gpus);
}
