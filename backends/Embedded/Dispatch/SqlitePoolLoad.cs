using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>What waits and which nodes there are, from the tables of the queue.</summary>
internal sealed class SqlitePoolLoad(SqliteDatabase database, TimeProvider time) : IPoolLoad
{
    public Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Read(session => new PoolLoad
            {
                Waiting = [.. AttemptRow.Waiting(session, pool).Select(Told)],
                Nodes = NodeTable.OfPool(session, pool, time.GetUtcNow()),
                Starting = Starting(session, pool),
            })
        );

    public Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Judge(session, attempt, verdict, time.GetUtcNow()), cancellationToken);

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

    private static bool Judge(SqliteSession session, LostLease attempt, NodeVerdict verdict, DateTimeOffset now)
    {
        if (verdict.Kind is not NodeVerdictKind.Worked)
        {
            AttemptChanges.Avoid(session, attempt.RunId, attempt.Node);
        }
        if (NodeTable.Find(session, attempt.Node, now) is not { Standing: var before })
        {
            return false;
        }
        var after = before.After(attempt.RunId, attempt.Attempt, verdict, now);
        if (after != before)
        {
            NodeTable.SetStanding(session, attempt.Node, after);
        }
        return true;
    }

    private WaitingRun Told(QueuedAttempt queued) =>
        new(queued.RunId, queued.Needs) { NotBefore = queued.IsDue(time.GetUtcNow()) ? null : queued.NotBefore };

    private static StartingMachines? Starting(SqliteSession session, string pool) =>
        session.First(
            "SELECT starting, told_at FROM pools WHERE name = $name",
            row => new StartingMachines(row.GetInt32(0), row.GetTime(1)),
            ("$name", pool)
        );
}
