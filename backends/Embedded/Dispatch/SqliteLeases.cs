using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Dispatch;

/// <summary>
/// Leases in the tables. One transaction settles a node's existing leases; another writes a new lease.
/// </summary>
internal sealed class SqliteLeases(SqlitePool pool, LeaseClock clock, TimeSpan leaseDuration, TimeProvider time)
    : INodeLeases
{
    public bool MayTake { get; private set; }

    public async Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken)
    {
        var opened = await pool.ChangeAsync(
            session => isLatest() ? Open(session, offer) : new Opened(new NodeOpening(Again: null, MayTake: false), []),
            opened => opened.Changed,
            cancellationToken
        );
        MayTake = opened.Opening.MayTake;
        return opened.Opening;
    }

    public Task<Lease?> GiveAsync(
        PlacementDecision decision,
        NodeOffer offer,
        Func<bool> isLatest,
        CancellationToken cancellationToken
    ) =>
        pool.ChangeAsync(
            session => isLatest() ? Give(session, decision.Run, offer) : null,
            _ => [decision.Run.RunId],
            cancellationToken
        );

    private Opened Open(SqliteSession session, NodeOffer offer)
    {
        var now = time.GetUtcNow();
        NodeTable.See(session, offer, now);
        var (again, changed) = SettleUnheld(session, offer);
        return new Opened(new NodeOpening(again, IsOpenTo(session, offer, now)), changed);
    }

    // The node lists the leases it holds, because an answer with a lease can get lost and a node can lose its run.
    private (Lease? Again, List<RunId> Changed) SettleUnheld(SqliteSession session, NodeOffer offer)
    {
        var held = offer.Holds.ToHashSet();
        AttemptRow? again = null;
        var changed = new List<RunId>();
        foreach (var row in AttemptRow.LeasedTo(session, offer, clock.Expired.UpTo))
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
                changed.Add(row.RunId);
            }
        }
        return (again is null ? null : Write(session, again, offer), changed);
    }

    private static bool IsOpenTo(SqliteSession session, NodeOffer offer, DateTimeOffset now) =>
        NodeTable.Find(session, offer.Node, now) is { IsRetired: false, IsDrained: false } node
        && node.Standing.MayTake(offer.Holds.Count, now);

    private Lease? Give(SqliteSession session, QueuedRun run, NodeOffer offer)
    {
        var row = AttemptRow.Find(session, run.RunId);
        if (row is not { State: AttemptState.Queued } || row.Attempt != run.Attempt)
        {
            return null;
        }
        if (!IsOpenTo(session, offer, time.GetUtcNow()))
        {
            MayTake = false;
            pool.Dispatcher.Leave(offer.Node);
            return null;
        }
        return Write(session, row, offer);
    }

    private Lease Write(SqliteSession session, AttemptRow row, NodeOffer offer)
    {
        var now = time.GetUtcNow();
        NodeTable.SeeBusy(session, offer.Node, now);
        var slots = LeaseRules.SlotsFor(offer, row.Needs.Gpus);
        return AttemptChanges.Lease(session, row, offer.Node, slots, clock.Now + leaseDuration, now);
    }

    private sealed record Opened(NodeOpening Opening, IReadOnlyList<RunId> Changed);
}
