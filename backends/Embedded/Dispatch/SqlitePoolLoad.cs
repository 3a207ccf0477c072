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
                Starting = Starting(session, pool),
            })
        );

    public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) =>
        database.WriteAsync(session => NodeTable.Retire(session, node), cancellationToken);

    public Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO pools (name, starting, told_at) VALUES ($name, $starting, $at)
                    ON CONFLICT (name) DO UPDATE SET starting = excluded.starting, told_at = excluded.told_at
                    """,
                    ("$name", pool),
                    ("$starting", starting.Count),
                    ("$at", starting.At.UtcTicks)
                ),
            cancellationToken
        );

    private static StartingMachines? Starting(SqliteSession session, string pool) =>
        session.First(
            "SELECT starting, told_at FROM pools WHERE name = $name",
            row => new StartingMachines(row.GetInt32(0), row.GetTime(1)),
            ("$name", pool)
        );
}
