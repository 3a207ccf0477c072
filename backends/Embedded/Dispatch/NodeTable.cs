using System.Text.Json;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Dispatch;

/// <summary>The nodes that asked for work.</summary>
internal static class NodeTable
{
    // The slots that the leases of the row's node take.
    private const string LeasedSlots =
        "(SELECT COALESCE(SUM(l.slots), 0) FROM learners l JOIN attempts a ON a.run_id = l.run_id "
        + "WHERE a.state = 'leased' AND l.node = nodes.name)";

    private const string Columns =
        $"name, gpus, slots, {LeasedSlots}, seen_at, busy_at, retired, sandbox, standing, facts, drained, pool";

    public static void See(SqliteSession session, NodeOffer offer, DateTimeOffset now)
    {
        session.Execute(
            """
            INSERT INTO nodes (name, pool, gpus, slots, sandbox, facts, seen_at, busy_at)
            VALUES ($name, $pool, $gpus, $slots, $sandbox, $facts, $now, $now)
            ON CONFLICT (name) DO UPDATE SET
                pool = excluded.pool, gpus = excluded.gpus, slots = excluded.slots, sandbox = excluded.sandbox,
                facts = excluded.facts, seen_at = excluded.seen_at
            """,
            ("$name", offer.Node),
            ("$pool", offer.Pool),
            ("$gpus", offer.Gpus),
            ("$slots", offer.Slots),
            ("$sandbox", offer.Sandbox),
            ("$facts", FactsText.Write(offer.Facts)),
            ("$now", now.UtcTicks)
        );
        if (offer.Holds.Count > 0)
        {
            SeeBusy(session, offer.Node, now);
        }
    }

    /// <summary>Notes that a node was seen busy: it holds a lease, or gets one.</summary>
    public static void SeeBusy(SqliteSession session, string node, DateTimeOffset now) =>
        session.Execute(
            "UPDATE nodes SET seen_at = $now, busy_at = $now WHERE name = $name",
            ("$now", now.UtcTicks),
            ("$name", node)
        );

    public static PoolNode? Find(SqliteSession session, string node, DateTimeOffset now) =>
        session.First($"SELECT {Columns} FROM nodes WHERE name = $name", row => Read(row, now), ("$name", node));

    public static void SetStanding(SqliteSession session, string node, NodeStanding standing) =>
        session.Execute(
            "UPDATE nodes SET standing = $standing WHERE name = $name",
            ("$standing", JsonSerializer.Serialize(standing, WireJson.Options)),
            ("$name", node)
        );

    /// <summary>Retires a node. False when it holds a lease or is unknown.</summary>
    public static bool Retire(SqliteSession session, string node) =>
        session.Execute($"UPDATE nodes SET retired = 1 WHERE name = $name AND {LeasedSlots} = 0", ("$name", node)) > 0;

    /// <summary>Drains a node or ends its drain. False when the node is unknown.</summary>
    public static bool Drain(SqliteSession session, string node, bool isDrained) =>
        session.Execute(
            "UPDATE nodes SET drained = $drained WHERE name = $name",
            ("$drained", isDrained ? 1 : 0),
            ("$name", node)
        ) > 0;

    public static void Remove(SqliteSession session, string node) =>
        session.Execute("DELETE FROM nodes WHERE name = $name", ("$name", node));

    public static List<PoolNode> OfPool(SqliteSession session, string pool, DateTimeOffset now) =>
        session.All(
            $"SELECT {Columns} FROM nodes WHERE pool = $pool ORDER BY name",
            row => Read(row, now),
            ("$pool", pool)
        );

    /// <summary>The nodes of all pools.</summary>
    public static List<PoolNode> All(SqliteSession session, DateTimeOffset now) =>
        session.All($"SELECT {Columns} FROM nodes ORDER BY name", row => Read(row, now));

    /// <summary>
    /// Deletes nodes last seen before a time; drained nodes stay, because only the operator may drop them.
    /// </summary>
    public static void Forget(SqliteSession session, DateTimeOffset seenBefore) =>
        session.Execute("DELETE FROM nodes WHERE seen_at < $before AND drained = 0", ("$before", seenBefore.UtcTicks));

    private static PoolNode Read(SqliteStatement row, DateTimeOffset now)
    {
        var standing = row.GetStringOrNull(8) is { } text
            ? JsonSerializer.Deserialize<NodeStanding>(text, WireJson.Options)!
            : NodeStanding.Good;
        return new PoolNode
        {
            Name = row.GetString(0),
            Pool = row.GetString(11),
            IsDrained = row.GetBoolean(10),
            Gpus = row.GetInt32(1),
            Slots = row.GetInt32(2),
            LeasedSlots = row.GetInt32(3),
            SeenAt = row.GetTime(4),
            IdleSince = row.GetTime(5),
            IsRetired = row.GetBoolean(6),
            Sandbox = row.GetStringOrNull(7),
            Facts = FactsText.Read(row.GetStringOrNull(9)),
            Standing = standing,
            SetAsideUntil = standing.SetAsideUntil(now),
        };
    }
}
