using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>Which run a node gets: one decision, inside one transaction.</summary>
internal static class LeaseDecision
{
    public static Lease? Decide(SqliteSession session, NodeOffer offer, DateTimeOffset now, TimeSpan leaseDuration)
    {
        NodeTable.See(session, offer, now);
        return SettleUnheld(session, offer, now, leaseDuration) ?? LeaseHead(session, offer, now, leaseDuration);
    }

    // The answer that carried a lease can get lost, and a node can lose what it ran: the node says what it holds.
    private static Lease? SettleUnheld(
        SqliteSession session,
        NodeOffer offer,
        DateTimeOffset now,
        TimeSpan leaseDuration
    )
    {
        var held = offer.Holds.ToHashSet();
        AttemptRow? again = null;
        foreach (var row in AttemptRow.LeasedTo(session, offer, now))
        {
            if (held.Contains(new HeldLease(row.RunId, row.Attempt)))
                continue;
            if (row.Renewed || SlotsFor(row, offer) > offer.FreeSlots)
                AttemptChanges.Lose(session, row.RunId);
            else
                again ??= row;
        }
        return again is null ? null : Give(session, again, offer, now + leaseDuration);
    }

    private static Lease? LeaseHead(SqliteSession session, NodeOffer offer, DateTimeOffset now, TimeSpan leaseDuration)
    {
        var head = AttemptRow.FindHead(session, offer.Pool, offer.Gpus > 0 ? offer.Gpus : int.MaxValue);
        // What does not fit yet waits for slots to come free; nothing behind it goes first.
        return head is null || SlotsFor(head, offer) > offer.FreeSlots
            ? null
            : Give(session, head, offer, now + leaseDuration);
    }

    private static Lease Give(SqliteSession session, AttemptRow row, NodeOffer offer, DateTimeOffset expiresAt) =>
        AttemptChanges.Lease(session, row, offer.Node, SlotsFor(row, offer), expiresAt);

    // A CPU node runs anything in one slot; on a GPU node a run without GPUs takes one slot, too.
    private static int SlotsFor(AttemptRow row, NodeOffer offer) => offer.Gpus == 0 ? 1 : Math.Max(1, row.Gpus);
}
