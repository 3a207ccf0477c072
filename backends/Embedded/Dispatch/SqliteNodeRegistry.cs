using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>The nodes in the table of the queue.</summary>
internal sealed class SqliteNodeRegistry(SqlitePool pool, TimeProvider time) : INodeRegistry
{
    public Task<IReadOnlyList<PoolNode>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PoolNode>>(pool.Read(session => NodeTable.All(session, time.GetUtcNow())));

    public async Task<bool> DrainAsync(string node, bool isDrained, CancellationToken cancellationToken)
    {
        var isKnown = await pool.WriteAsync(session => NodeTable.Drain(session, node, isDrained), cancellationToken);
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
        var removal = await pool.WriteAsync(session => Remove(session, node, notSeenSince), cancellationToken);
        if (removal is NodeRemoval.Removed)
        {
            pool.Dispatcher.Leave(node);
        }
        return removal;
    }

    private NodeRemoval Remove(SqliteSession session, string name, DateTimeOffset notSeenSince)
    {
        switch (NodeTable.Find(session, name, time.GetUtcNow()))
        {
            case null:
                return NodeRemoval.NotFound;
            case { LeasedSlots: > 0 }:
                return NodeRemoval.HoldsRuns;
            case { } node when node.SeenAt >= notSeenSince:
                return NodeRemoval.IsThere;
            default:
                NodeTable.Remove(session, name);
                return NodeRemoval.Removed;
        }
    }
}
