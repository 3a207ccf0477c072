using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>The waiting runs and the nodes, from the queue's tables.</summary>
internal sealed class SqlitePoolLoad(SqlitePool pool, TimeProvider time) : IPoolLoad
{
    public Task<PoolLoad> ReadAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(
            pool.Read(session =>
                PoolLoads.Of(
                    pool.Dispatcher,
                    name,
                    NodeTable.OfPool(session, name, time.GetUtcNow()),
                    Starting(session, name)
                )
            )
        );

    public async Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken)
    {
        var mayTake = await pool.ChangeAsync(
            session => Judge(session, attempt, verdict, time.GetUtcNow()),
            _ => [attempt.RunId],
            cancellationToken
        );
        if (!mayTake)
        {
            pool.Dispatcher.Leave(attempt.Node);
        }
    }

    public async Task<bool> RetireAsync(string node, CancellationToken cancellationToken)
    {
        var isRetired = await pool.WriteAsync(session => NodeTable.Retire(session, node), cancellationToken);
        if (isRetired)
        {
            pool.Dispatcher.Leave(node);
        }
        return isRetired;
    }

    public Task AnnounceAsync(string name, StartingMachines starting, CancellationToken cancellationToken) =>
        pool.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO pools (name, starting, told_at) VALUES ($name, $starting, $at)
                    ON CONFLICT (name) DO UPDATE SET starting = excluded.starting, told_at = excluded.told_at
                    """,
                    ("$name", name),
                    ("$starting", starting.Count),
                    ("$at", starting.At.UtcTicks)
                ),
            cancellationToken
        );

    private static bool Judge(SqliteSession session, LostLease attempt, NodeVerdict verdict, DateTimeOffset now)
    {
        if (verdict.Kind is not NodeVerdictKind.Worked)
        {
            AttemptChanges.Avoid(session, attempt.RunId, attempt.Node);
        }
        if (NodeTable.Find(session, attempt.Node, now) is not { Standing: var before })
        {
            return true;
        }
        var after = before.After(attempt.RunId, attempt.Attempt, verdict, now);
        if (after != before)
        {
            NodeTable.SetStanding(session, attempt.Node, after);
        }
        return after.SetAsideUntil(now) is null;
    }

    private static StartingMachines? Starting(SqliteSession session, string pool) =>
        session.First(
            "SELECT starting, told_at FROM pools WHERE name = $name",
            row => new StartingMachines(row.GetInt32(0), row.GetTime(1)),
            ("$name", pool)
        );
}
