using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>What waits and which nodes there are, from the tables of the queue.</summary>
internal sealed class SqlitePoolLoad(SqliteDatabase database) : IPoolLoad
{
    public Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Read(session => new PoolLoad
            {
                Waiting = AttemptRow.Waiting(session, pool),
                Nodes = NodeTable.OfPool(session, pool),
            })
        );

    public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) =>
        database.WriteAsync(session => NodeTable.Retire(session, node), cancellationToken);
}
