using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>Gives attempts to nodes.</summary>
internal sealed class Leasing(AttemptTable attempts, NodeRows nodes, TimeSpan leaseDuration) : IDisposable
{
    // Inside this process one node after the other takes a run: they would all want the same one and clash.
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>One look: most find nothing, and cost two reads.</summary>
    public async Task<Lease?> LookAsync(
        NodeOffer offer,
        Func<bool> isLatest,
        Func<(DateTimeOffset Now, DateTimeOffset ExpiredUpTo)> clock,
        CancellationToken cancellationToken
    )
    {
        var plan = await Conflicts.RetryAsync(
            () => LeasePlan.MakeAsync(attempts, offer, clock().ExpiredUpTo, cancellationToken),
            cancellationToken
        );
        if (plan.IsEmpty)
            return null;
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await Conflicts.RetryAsync(
                async () => isLatest() ? await DecideAsync(offer, clock, cancellationToken) : null,
                cancellationToken
            );
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<Lease?> DecideAsync(
        NodeOffer offer,
        Func<(DateTimeOffset Now, DateTimeOffset ExpiredUpTo)> clock,
        CancellationToken cancellationToken
    )
    {
        var (now, expiredUpTo) = clock();
        // Before the plan: it is given a run only if it is retired neither now nor when the lease is written.
        var node = await nodes.FindAsync(offer.Node, cancellationToken);
        var plan = await LeasePlan.MakeAsync(attempts, offer, expiredUpTo, cancellationToken);
        foreach (var lost in plan.Lost)
            await attempts.ChangeAsync(lost, Lost(lost), cancellationToken);
        return plan.Given is { } given && node is { IsRetired: false }
            ? await GiveAsync(given, offer, node, now, cancellationToken)
            : null;
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
        NodeOffer offer,
        NodeRow node,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var lease = new Lease
        {
            RunId = record.RunId,
            Attempt = record.Attempt,
            Token = LeaseToken.New(),
            Slots = LeaseRules.SlotsFor(offer, record.Gpus),
            ExpiresAt = now + leaseDuration,
        };
        var leased = record with
        {
            State = AttemptState.Leased,
            Node = offer.Node,
            Slots = lease.Slots,
            TokenHash = LeaseToken.Hash(lease.Token),
            ExpiresAt = lease.ExpiresAt.UtcTicks,
            Renewed = false,
        };
        var busy = new TableTransactionAction(
            TableTransactionActionType.UpdateMerge,
            NodeRow.WriteBusy(node.Name, now),
            node.Version
        );
        await attempts.ChangeAsync(record, leased, cancellationToken, busy);
        return lease;
    }
}
