using Microsoft.Data.Sqlite;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>The nodes that asked for work.</summary>
internal static class NodeTable
{
    // Slots of the leases of the node in the row.
    private const string LeasedSlots =
        "(SELECT COALESCE(SUM(a.slots), 0) FROM attempts a WHERE a.state = 'leased' AND a.node = nodes.name)";

    public static void See(SqliteSession session, NodeOffer offer, DateTimeOffset now)
    {
        session.Execute(
            """
            INSERT INTO nodes (name, pool, gpus, slots, seen_at, busy_at) VALUES ($name, $pool, $gpus, $slots, $now, $now)
            ON CONFLICT (name) DO UPDATE SET
                pool = excluded.pool, gpus = excluded.gpus, slots = excluded.slots, seen_at = excluded.seen_at
            """,
            ("$name", offer.Node),
            ("$pool", offer.Pool),
            ("$gpus", offer.Gpus),
            ("$slots", offer.Slots),
            ("$now", now.UtcTicks)
        );
        if (offer.Holds.Count > 0)
            SeeBusy(session, offer.Node, now);
    }

    /// <summary>A node that holds a lease, or is given one.</summary>
    public static void SeeBusy(SqliteSession session, string node, DateTimeOffset now) =>
        session.Execute(
            "UPDATE nodes SET seen_at = $now, busy_at = $now WHERE name = $name",
            ("$now", now.UtcTicks),
            ("$name", node)
        );

    public static bool IsRetired(SqliteSession session, string node) =>
        session.Number("SELECT COUNT(*) FROM nodes WHERE name = $name AND retired = 1", ("$name", node)) > 0;

    /// <summary>False when it holds a lease or is not known.</summary>
    public static bool Retire(SqliteSession session, string node) =>
        session.Execute($"UPDATE nodes SET retired = 1 WHERE name = $name AND {LeasedSlots} = 0", ("$name", node)) > 0;

    public static List<PoolNode> OfPool(SqliteSession session, string pool) =>
        session.All(
            $"""
            SELECT name, gpus, slots, {LeasedSlots}, seen_at, busy_at, retired FROM nodes WHERE pool = $pool ORDER BY name
            """,
            Read,
            ("$pool", pool)
        );

    /// <summary>Forgets nodes that are gone for good.</summary>
    public static void Forget(SqliteSession session, DateTimeOffset seenBefore) =>
        session.Execute("DELETE FROM nodes WHERE seen_at < $before", ("$before", seenBefore.UtcTicks));

    private static PoolNode Read(SqliteDataReader row) =>
        new()
        {
            Name = row.GetString(0),
            Gpus = row.GetInt32(1),
            Slots = row.GetInt32(2),
            LeasedSlots = row.GetInt32(3),
            SeenAt = row.GetTime(4),
            IdleSince = row.GetTime(5),
            IsRetired = row.GetBoolean(6),
        };
}
