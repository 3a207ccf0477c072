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
    public async Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken)
    {
        var opened = await pool.ChangeAsync(
            session => isLatest() ? Open(session, offer) : new Opened(new NodeOpening(Again: null, MayTake: false), []),
            opened => opened.Changed,
            cancellationToken
        );
        return opened.Opening;
    }

    public Task<IReadOnlyList<Lease>?> GiveAsync(
        PlacementDecision decision,
        IReadOnlyList<NodeOffer> offers,
        Func<bool> areLatest,
        CancellationToken cancellationToken
    ) =>
        pool.ChangeAsync(
            session => areLatest() ? Give(session, decision.Run, offers) : null,
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
        (AttemptRow Row, LearnerRow Learner)? again = null;
        var changed = new List<RunId>();
        foreach (var row in AttemptRow.LeasedTo(session, offer, clock.Expired.UpTo))
        {
            if (held.Contains(new HeldLease(row.RunId, row.Attempt)))
            {
                continue;
            }
            var learner = row.LearnerOn(offer.Node)!;
            if (LeaseRules.CanGiveAgain(offer, row.Needs, learner.Renewed))
            {
                again ??= (row, learner);
            }
            else
            {
                AttemptChanges.Lose(session, row.RunId, learner.Learner);
                changed.Add(row.RunId);
            }
        }
        return (again is { } given ? GiveAgain(session, given.Row, given.Learner, offer) : null, changed);
    }

    private static bool IsOpenTo(SqliteSession session, NodeOffer offer, DateTimeOffset now) =>
        NodeTable.Find(session, offer.Node, now) is { IsRetired: false, IsDrained: false } node
        && node.Standing.MayTake(offer.Holds.Count, now);

    private Lease GiveAgain(SqliteSession session, AttemptRow row, LearnerRow learner, NodeOffer offer)
    {
        NodeTable.SeeBusy(session, offer.Node, time.GetUtcNow());
        return LearnerRow.Lease(session, row, NewLease(row, learner.Learner, offer));
    }

    private IReadOnlyList<Lease>? Give(SqliteSession session, QueuedRun run, IReadOnlyList<NodeOffer> offers)
    {
        var row = AttemptRow.Find(session, run.RunId);
        if (row is not { State: AttemptState.Queued } || row.Attempt != run.Attempt || row.Nodes != offers.Count)
        {
            return null;
        }
        var now = time.GetUtcNow();
        var closed = offers.Where(offer => !IsOpenTo(session, offer, now)).ToList();
        if (closed.Count > 0)
        {
            closed.ForEach(offer => pool.Dispatcher.Refuse(offer.Node));
            return null;
        }
        foreach (var offer in offers)
        {
            NodeTable.SeeBusy(session, offer.Node, now);
        }
        return AttemptChanges.Lease(session, row, [.. offers.Select((offer, i) => NewLease(row, i + 1, offer))], now);
    }

    private LearnerRow NewLease(AttemptRow row, int learner, NodeOffer offer) =>
        new()
        {
            Learner = learner,
            Node = offer.Node,
            Slots = LeaseRules.SlotsFor(offer, row.Needs.Gpus),
            ExpiresAt = clock.Now + leaseDuration,
            Renewed = false,
        };

    private sealed record Opened(NodeOpening Opening, IReadOnlyList<RunId> Changed);
}
