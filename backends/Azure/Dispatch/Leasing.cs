using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>Gives attempts to nodes.</summary>
internal sealed class Leasing(AttemptTable attempts, NodeRows nodes) : IDisposable
{
    // Inside this process one node after the other takes a run: they would all want the same one and clash.
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>One look: most find nothing, and cost two reads.</summary>
    public async Task<Lease?> LookAsync(
        NodeOffer offer,
        Func<bool> isLatest,
        Func<LeaseMoment> clock,
        CancellationToken cancellationToken
    )
    {
        var plan = await Conflicts.RetryAsync(
            () => LeasePlan.MakeAsync(attempts, nodes, offer, clock(), cancellationToken),
            cancellationToken
        );
        if (plan.IsEmpty)
        {
            return null;
        }
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Conflicts.RetryAsync(
                async () => isLatest() ? await DecideAsync(offer, clock, cancellationToken) : null,
                cancellationToken
            );
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Lease?> DecideAsync(
        NodeOffer offer,
        Func<LeaseMoment> clock,
        CancellationToken cancellationToken
    )
    {
        var moment = clock();
        // Before the plan: it is given a run only if it is retired neither now nor when the lease is written.
        var node = await nodes.FindAsync(offer.Node, cancellationToken);
        var plan = await LeasePlan.MakeAsync(attempts, nodes, offer, moment, cancellationToken);
        foreach (var lost in plan.Lost)
        {
            await attempts.ChangeAsync(lost, Lost(lost), cancellationToken);
        }
        if (plan.Given is not { } given || node is not { IsRetired: false })
        {
            return null;
        }
        // A lease that is given again is one that the node was found fit for.
        var mayTake = given.State is AttemptState.Leased || node.ReadStanding().MayTake(offer.Holds.Count, moment.Now);
        return mayTake ? await GiveAsync(given, plan.Displaced, offer, node, moment, cancellationToken) : null;
    }

    /// <summary>The attempt when its lease is over; its run is reported as lost from now on.</summary>
    public static AttemptRecord Lost(AttemptRecord record) =>
        record with
        {
            State = AttemptState.Lost,
            TokenHash = null,
        };

    private async Task<Lease> GiveAsync(
        AttemptRecord record,
        AttemptRecord? displaced,
        NodeOffer offer,
        NodeRow node,
        LeaseMoment moment,
        CancellationToken cancellationToken
    )
    {
        var lease = new Lease
        {
            RunId = record.RunId,
            Attempt = record.Attempt,
            Token = LeaseToken.New(),
            Slots = LeaseRules.SlotsFor(offer, record.Needs.Gpus),
            ExpiresAt = moment.Expiry,
        };
        var leased = record with
        {
            Sequence = displaced?.Sequence ?? record.Sequence,
            State = AttemptState.Leased,
            Node = offer.Node,
            Slots = lease.Slots,
            TokenHash = LeaseToken.Hash(lease.Token),
            ExpiresAt = lease.ExpiresAt.UtcTicks,
            Renewed = false,
        };
        var busy = new TableTransactionAction(
            TableTransactionActionType.UpdateMerge,
            NodeRow.WriteBusy(node.Name, moment.Now),
            node.Version
        );
        var changes = new List<(AttemptRecord, AttemptRecord)> { (record, leased) };
        if (displaced is not null)
        {
            changes.Add((displaced, displaced with { Sequence = record.Sequence }));
        }
        await attempts.ChangeAsync(changes, cancellationToken, busy);
        return lease;
    }
}
