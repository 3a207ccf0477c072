using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// Leases in the table. First the attempt is claimed, then the lease is written beside the node's row, if that row is
/// unchanged: a node retired meanwhile gets no lease, and the attempt returns to its former state. One instance serves
/// one request of a node.
/// </summary>
internal sealed class TableLeases(TablePool pool, LeaseClock clock, TimeSpan leaseDuration, TimeProvider time)
    : INodeLeases
{
    private bool? _mayTake;

    public bool MayTake => _mayTake is true;

    // The node's offer does not change while it waits, so its leases are settled only once.
    public async Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken)
    {
        await pool.CatchUpAsync(cancellationToken);
        await pool.Nodes.SeeAsync(offer, cancellationToken);
        if (!isLatest())
        {
            return new NodeOpening(Again: null, MayTake: false);
        }
        if (_mayTake is { } mayTake)
        {
            return new NodeOpening(Again: null, mayTake);
        }
        var opening = await Conflicts.RetryAsync(() => SettleAsync(offer, cancellationToken), cancellationToken);
        _mayTake = opening.MayTake;
        return opening;
    }

    public Task<Lease?> GiveAsync(
        PlacementDecision decision,
        NodeOffer offer,
        Func<bool> isLatest,
        CancellationToken cancellationToken
    ) =>
        Conflicts.RetryAsync(
            async () =>
            {
                var record = await pool.Attempts.FindAsync(decision.Run.RunId, cancellationToken);
                var node = await pool.Nodes.FindAsync(offer.Node, cancellationToken);
                var isThere = record is { State: AttemptState.Queued } && record.Attempt == decision.Run.Attempt;
                if (isThere && isLatest() && IsOpenTo(node, offer))
                {
                    return await WriteAsync(record!, node!, offer, cancellationToken);
                }
                if (!IsOpenTo(node, offer))
                {
                    _mayTake = false;
                    pool.Dispatcher.Leave(offer.Node);
                }
                pool.Correct(decision.Run.RunId, record);
                return null;
            },
            cancellationToken
        );

    /// <summary>The attempt after its lease ended: its run counts as lost from now on.</summary>
    public static AttemptRecord Lost(AttemptRecord record) =>
        record with
        {
            State = AttemptState.Lost,
            TokenHash = null,
        };

    private bool IsOpenTo(NodeRow? node, NodeOffer offer) =>
        node is { IsRetired: false, IsDrained: false }
        && node.ReadStanding().MayTake(offer.Holds.Count, time.GetUtcNow());

    // The node lists the leases it holds, because an answer with a lease can get lost and a node can lose its run.
    private async Task<NodeOpening> SettleAsync(NodeOffer offer, CancellationToken cancellationToken)
    {
        var node = await pool.Nodes.FindAsync(offer.Node, cancellationToken);
        var held = offer.Holds.ToHashSet();
        AttemptRecord? again = null;
        foreach (var id in await pool.Nodes.HeldByAsync(offer.Node, cancellationToken))
        {
            var record = await FindUnheldAsync(id, offer, held, cancellationToken);
            if (record is null)
            {
                continue;
            }
            if (LeaseRules.CanGiveAgain(offer, record.Needs, record.Renewed))
            {
                again = again is null || record.Sequence < again.Sequence ? record : again;
            }
            else
            {
                var lost = await pool.Attempts.ChangeAsync(record, Lost(record), cancellationToken);
                await pool.ChangedAsync(lost, cancellationToken);
            }
        }
        if (again is not null && node is not null)
        {
            return new NodeOpening(await WriteAsync(again, node, offer, cancellationToken), MayTake: false);
        }
        return new NodeOpening(Again: null, IsOpenTo(node, offer));
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
        if (record is not { State: AttemptState.Leased } || record.Node != offer.Node)
        {
            await pool.Nodes.LetGoAsync(offer.Node, id, cancellationToken);
            return null;
        }
        return record.Pool == offer.Pool && record.ExpiresAt > clock.Expired.UpTo.UtcTicks ? record : null;
    }

    private async Task<Lease?> WriteAsync(
        AttemptRecord record,
        NodeRow node,
        NodeOffer offer,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var lease = new Lease
        {
            RunId = record.RunId,
            Attempt = record.Attempt,
            Token = LeaseToken.New(),
            Slots = LeaseRules.SlotsFor(offer, record.Needs.Gpus),
            ExpiresAt = clock.Now + leaseDuration,
        };
        var leased = record with
        {
            State = AttemptState.Leased,
            Node = offer.Node,
            Slots = lease.Slots,
            TokenHash = LeaseToken.Hash(lease.Token),
            ExpiresAt = lease.ExpiresAt.UtcTicks,
            LeasedAt = now.UtcTicks,
            Renewed = false,
        };
        var claimed = await pool.Attempts.ChangeAsync(record, leased, cancellationToken);
        try
        {
            await pool.Nodes.HoldAsync(node, record.RunId, cancellationToken);
        }
        catch
        {
            // Covers a disconnect and a table failure too: the node never got the lease, so the run must not count as
            // lost by it.
            await GoBackAsync(claimed, record);
            throw;
        }
        await pool.ChangedAsync(claimed, cancellationToken);
        return lease;
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
