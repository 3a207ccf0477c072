using Microsoft.Data.Sqlite;
using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>A node seen lately: its GPUs, its slots and how many of them are leased.</summary>
internal sealed record NodeRow(int Gpus, int Slots, int LeasedSlots)
{
    public int FreeSlots => Math.Max(0, Slots - LeasedSlots);
}

/// <summary>The nodes that asked for work.</summary>
internal static class NodeTable
{
    public static void See(SqliteSession session, NodeOffer offer, DateTimeOffset now) =>
        session.Execute(
            """
            INSERT INTO nodes (name, pool, gpus, slots, seen_at) VALUES ($name, $pool, $gpus, $slots, $now)
            ON CONFLICT (name) DO UPDATE SET
                pool = excluded.pool, gpus = excluded.gpus, slots = excluded.slots, seen_at = excluded.seen_at
            """,
            ("$name", offer.Node),
            ("$pool", offer.Pool),
            ("$gpus", offer.Gpus),
            ("$slots", offer.Slots),
            ("$now", now.UtcTicks)
        );

    public static void See(SqliteSession session, string node, DateTimeOffset now) =>
        session.Execute("UPDATE nodes SET seen_at = $now WHERE name = $name", ("$now", now.UtcTicks), ("$name", node));

    public static List<NodeRow> SeenSince(SqliteSession session, string pool, DateTimeOffset since) =>
        session.All(
            """
            SELECT gpus, slots,
                (SELECT COALESCE(SUM(a.slots), 0) FROM attempts a WHERE a.state = 'leased' AND a.node = nodes.name)
            FROM nodes WHERE pool = $pool AND seen_at >= $since
            """,
            Read,
            ("$pool", pool),
            ("$since", since.UtcTicks)
        );

    /// <summary>Forgets nodes that are gone for good.</summary>
    public static void Forget(SqliteSession session, DateTimeOffset seenBefore) =>
        session.Execute("DELETE FROM nodes WHERE seen_at < $before", ("$before", seenBefore.UtcTicks));

    private static NodeRow Read(SqliteDataReader row) => new(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2));
}
