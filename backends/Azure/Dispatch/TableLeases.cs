using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// Leases in the table. First the attempt is claimed for all its nodes, then each lease is written beside its node's
/// row, if that row is unchanged: if a node was retired meanwhile, no node gets a lease, and the attempt returns to its
/// former state. One instance serves one request of a node. Nodes of a run on several nodes may wait at other instances,
/// which find the leases in the log.
/// </summary>
internal sealed class TableLeases(TablePool pool, LeaseClock clock, TimeSpan leaseDuration, TimeProvider time)
    : INodeLeases
{
    private bool? _mayTake;

    // The node's offer does not change while it waits, so its leases are settled only once, and again when another
    // instance leased it a run.
    public async Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken)
    {
        await pool.CatchUpAsync(cancellationToken);
        await pool.Nodes.SeeAsync(offer, cancellationToken);
        if (!isLatest())
        {
            return new NodeOpening(Again: null, MayTake: false);
        }
        if (_mayTake is { } mayTake && !pool.Waiting.IsGiven(offer.Node, this))
        {
            return new NodeOpening(Again: null, mayTake);
        }
        var opening = await Conflicts.RetryAsync(
            () => SettleAsync(offer, isLatest, cancellationToken),
            cancellationToken
        );
        _mayTake = opening.MayTake;
        return opening;
    }

    public Task<IReadOnlyList<Lease>?> GiveAsync(
        PlacementDecision decision,
        IReadOnlyList<NodeOffer> offers,
        Func<bool> areLatest,
        CancellationToken cancellationToken
    ) =>
        Conflicts.RetryAsync(
            async () =>
            {
                var record = await pool.Attempts.FindAsync(decision.Run.RunId, cancellationToken);
                var nodes = await Task.WhenAll(
                    offers.Select(offer => pool.Nodes.FindAsync(offer.Node, cancellationToken))
                );
                var areOpen = await Task.WhenAll(
                    offers.Select((offer, i) => IsOpenAsync(nodes[i], offer, cancellationToken))
                );
                var closed = offers.Where((_, i) => !areOpen[i]).ToList();
                if (
                    record is { State: AttemptState.Queued }
                    && record.Attempt == decision.Run.Attempt
                    && record.Nodes == offers.Count
                    && closed.Count == 0
                    && areLatest()
                )
                {
                    return await LeaseAsync(record, nodes!, offers, cancellationToken);
                }
                foreach (var offer in closed.Where(offer => !pool.Waiting.Use(offer.Node)))
                {
                    pool.Dispatcher.Refuse(offer.Node);
                }
                pool.Correct(decision.Run.RunId, record);
                return null;
            },
            cancellationToken
        );

    private async Task<bool> IsOpenAsync(NodeRow? node, NodeOffer offer, CancellationToken cancellationToken)
    {
        if (!IsOpenTo(node, offer))
        {
            return false;
        }
        if (!pool.Waiting.IsTaken(node!))
        {
            return true;
        }
        // Another instance leased it a run since it asked, or took the lease back.
        return pool.Waiting.IsHere(node!.Name)
            && !await pool.HoldsAsync(node.Name, [.. offer.Holds.Select(held => held.RunId)], cancellationToken);
    }

    private bool IsOpenTo(NodeRow? node, NodeOffer offer) =>
        node is { IsRetired: false, IsDrained: false }
        && node.ReadStanding().MayTake(offer.Holds.Count, time.GetUtcNow());

    // The node lists the leases it holds, because an answer with a lease can get lost and a node can lose its run.
    private async Task<NodeOpening> SettleAsync(
        NodeOffer offer,
        Func<bool> isLatest,
        CancellationToken cancellationToken
    )
    {
        if (isLatest())
        {
            pool.Waiting.Begin(offer, this);
        }
        var node = await pool.Nodes.FindAsync(offer.Node, cancellationToken);
        var held = offer.Holds.ToHashSet();
        AttemptRecord? again = null;
        // A process that died while it gave the lease may have left no row beside the node's.
        var given = await pool.Nodes.HeldByAsync(offer.Node, cancellationToken);
        foreach (var id in given.Union(pool.LeasedTo(offer.Node)))
        {
            var record = await FindUnheldAsync(id, offer, held, cancellationToken);
            if (record is null)
            {
                continue;
            }
            var learner = record.LearnerOn(offer.Node)!;
            if (LeaseRules.CanGiveAgain(offer, record.Needs, learner.Renewed))
            {
                again = again is null || record.Sequence < again.Sequence ? record : again;
            }
            else
            {
                var lost = await pool.Attempts.ChangeAsync(record, record.LostBy(learner.Learner), cancellationToken);
                await pool.ChangedAsync(lost, cancellationToken);
            }
        }
        if (again is not null && node is not null)
        {
            return new NodeOpening(await GiveAgainAsync(again, node, offer, cancellationToken), MayTake: false);
        }
        var mayTake = IsOpenTo(node, offer);
        if (mayTake)
        {
            pool.Waiting.Wait(node!, this);
        }
        return new NodeOpening(Again: null, mayTake);
    }

    // Leases that the node reports as held need no check.
    private async Task<AttemptRecord?> FindUnheldAsync(
        RunId id,
        NodeOffer offer,
        HashSet<HeldLease> held,
        CancellationToken cancellationToken
    )
    {
        if (held.Any(lease => lease.RunId == id))
        {
            return null;
        }
        var record = await pool.Attempts.FindAsync(id, cancellationToken);
        if (record is not { State: AttemptState.Leased } || record.LearnerOn(offer.Node) is not { } learner)
        {
            await pool.Nodes.LetGoAsync(offer.Node, id, cancellationToken);
            return null;
        }
        return record.Pool == offer.Pool && learner.ExpiresAt > clock.Expired.UpTo.UtcTicks ? record : null;
    }

    private async Task<IReadOnlyList<Lease>?> LeaseAsync(
        AttemptRecord record,
        IReadOnlyList<NodeRow> nodes,
        IReadOnlyList<NodeOffer> offers,
        CancellationToken cancellationToken
    )
    {
        List<(Lease Lease, LearnerRecord Record)> given =
        [
            .. offers.Select((offer, i) => NewLease(record, i + 1, offer)),
        ];
        var leased = record with
        {
            State = AttemptState.Leased,
            Learners = [.. given.Select(each => each.Record)],
            LeasedAt = time.GetUtcNow().UtcTicks,
        };
        await WriteAsync(record, leased, nodes, cancellationToken);
        foreach (var offer in offers)
        {
            pool.Waiting.Use(offer.Node);
        }
        return [.. given.Select(each => each.Lease)];
    }

    private async Task<Lease> GiveAgainAsync(
        AttemptRecord record,
        NodeRow node,
        NodeOffer offer,
        CancellationToken cancellationToken
    )
    {
        var (lease, learner) = NewLease(record, record.LearnerOn(offer.Node)!.Learner, offer);
        await WriteAsync(record, record.With(learner), [node], cancellationToken);
        return lease;
    }

    private (Lease, LearnerRecord) NewLease(AttemptRecord record, int learner, NodeOffer offer)
    {
        var lease = new Lease
        {
            RunId = record.RunId,
            Attempt = record.Attempt,
            Learner = learner,
            Learners = record.Nodes,
            Token = LeaseToken.New(),
            Slots = LeaseRules.SlotsFor(offer, record.Needs.Gpus),
            ExpiresAt = clock.Now + leaseDuration,
        };
        return (
            lease,
            new LearnerRecord
            {
                Learner = learner,
                Node = offer.Node,
                Slots = lease.Slots,
                TokenHash = LeaseToken.Hash(lease.Token),
                ExpiresAt = lease.ExpiresAt.UtcTicks,
            }
        );
    }

    private async Task WriteAsync(
        AttemptRecord record,
        AttemptRecord leased,
        IReadOnlyList<NodeRow> nodes,
        CancellationToken cancellationToken
    )
    {
        var claimed = await pool.Attempts.ChangeAsync(record, leased, cancellationToken);
        var mark = Guid.NewGuid().ToString("N");
        try
        {
            await Task.WhenAll(nodes.Select(node => pool.Nodes.HoldAsync(node, record.RunId, mark, cancellationToken)));
        }
        catch
        {
            // Covers a disconnect and a table failure too: the nodes never got the leases, so the run must not count as
            // lost by them. What was written beside nodes before is deleted when they ask the next time.
            await GoBackAsync(claimed, record);
            await Task.WhenAll(nodes.Select(node => pool.Nodes.UnmarkAsync(node, mark)));
            throw;
        }
        await pool.ChangedAsync(claimed, cancellationToken);
    }

    // Ignores the caller's cancellation: a claim that is not undone would block the run until its lease expires.
    private async Task GoBackAsync(AttemptRecord claimed, AttemptRecord before)
    {
        try
        {
            pool.Know(await pool.Attempts.ChangeAsync(claimed, before, CancellationToken.None));
        }
        catch (ConflictException)
        {
            pool.Correct(before.RunId, await pool.Attempts.FindAsync(before.RunId, CancellationToken.None));
        }
    }
}
