using Trainyard.Backends.Azure.Tables;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The nodes in the table. Every new lease also changes the node's row, so a lease given since the row was read shows
/// as a conflict.
/// </summary>
internal sealed class TableNodeRegistry(TablePool pool, TimeProvider time) : INodeRegistry
{
    public async Task<IReadOnlyList<PoolNode>> ListAsync(CancellationToken cancellationToken)
    {
        await pool.CatchUpAsync(cancellationToken);
        var leased = pool.LeasedSlots();
        var now = time.GetUtcNow();
        return
        [
            .. (await pool.Nodes.KnownAsync(cancellationToken))
                .Select(node => node.ToPoolNode(leased.GetValueOrDefault(node.Name), now))
                .OrderBy(node => node.Name, StringComparer.Ordinal),
        ];
    }

    public async Task<bool> DrainAsync(string node, bool isDrained, CancellationToken cancellationToken)
    {
        var isKnown = await Conflicts.RetryAsync(
            () => TryDrainAsync(node, isDrained, cancellationToken),
            cancellationToken
        );
        if (isKnown)
        {
            pool.Dispatcher.SetDrained(node, isDrained);
        }
        return isKnown;
    }

    public async Task<NodeRemoval> RemoveAsync(
        string node,
        DateTimeOffset notSeenSince,
        CancellationToken cancellationToken
    )
    {
        await pool.CatchUpAsync(cancellationToken);
        var removal = await Conflicts.RetryAsync(
            () => TryRemoveAsync(node, notSeenSince, cancellationToken),
            cancellationToken
        );
        if (removal is NodeRemoval.Removed)
        {
            pool.Dispatcher.Leave(node);
        }
        return removal;
    }

    private async Task<bool> TryDrainAsync(string node, bool isDrained, CancellationToken cancellationToken)
    {
        if (await pool.Nodes.FindOrMoveAsync(node, cancellationToken) is not { } row)
        {
            return false;
        }
        if (row.IsDrained != isDrained)
        {
            await pool.Nodes.DrainAsync(row, isDrained, cancellationToken);
        }
        return true;
    }

    private async Task<NodeRemoval> TryRemoveAsync(
        string node,
        DateTimeOffset notSeenSince,
        CancellationToken cancellationToken
    )
    {
        if (await pool.Nodes.FindOrMoveAsync(node, cancellationToken) is not { } row)
        {
            return NodeRemoval.NotFound;
        }
        if (await pool.HoldsAsync(node, cancellationToken))
        {
            return NodeRemoval.HoldsRuns;
        }
        if (row.SeenAt >= notSeenSince.UtcTicks)
        {
            return NodeRemoval.IsThere;
        }
        await pool.Nodes.RemoveAsync(row, cancellationToken);
        return NodeRemoval.Removed;
    }
}
