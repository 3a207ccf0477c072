using System.Text.Json;
using Microsoft.Data.Sqlite;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Dispatch;

/// <summary>A row of the attempts table.</summary>
internal sealed record AttemptRow
{
    private const string Columns =
        "run_id, attempt, sequence, state, pool, gpus, priority, node, slots, token_hash, expires_at, renewed, cancel_requested, avoided, needs";

    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    public required long Sequence { get; init; }

    public required AttemptState State { get; init; }

    public required string Pool { get; init; }

    public required RunNeeds Needs { get; init; }

    public required int Priority { get; init; }

    public string? Node { get; init; }

    public int? Slots { get; init; }

    public byte[]? TokenHash { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required bool Renewed { get; init; }

    public required bool CancelRequested { get; init; }

    /// <summary>The nodes that failed the run.</summary>
    public required IReadOnlyList<string> Avoided { get; init; }

    public static AttemptRow? Find(SqliteSession session, RunId id) =>
        session.First($"SELECT {Columns} FROM attempts WHERE run_id = $id", Read, ("$id", id.ToString()));

    /// <summary>Those who wait, in the order of the queue.</summary>
    public static IReadOnlyList<QueuedAttempt> Waiting(SqliteSession session, string pool) =>
        QueueOrder.Of(
            session.All(
                """
                SELECT run_id, sequence, owner, priority, gpus, not_before, avoided, avoid_until, age, needs
                FROM attempts WHERE state = 'queued' AND pool = $pool
                """,
                ReadQueued,
                ("$pool", pool)
            )
        );

    /// <summary>The leases that a node was given and that have not run out.</summary>
    public static List<AttemptRow> LeasedTo(SqliteSession session, NodeOffer offer, DateTimeOffset expiredUpTo) =>
        session.All(
            $"""
            SELECT {Columns} FROM attempts
            WHERE state = 'leased' AND node = $node AND expires_at > $expired AND pool = $pool
            ORDER BY sequence
            """,
            Read,
            ("$node", offer.Node),
            ("$expired", expiredUpTo.UtcTicks),
            ("$pool", offer.Pool)
        );

    /// <summary>The attempts that were lost and are not finished yet.</summary>
    public static List<AttemptRow> AllLost(SqliteSession session) =>
        session.All($"SELECT {Columns} FROM attempts WHERE state = 'lost' ORDER BY run_id", Read);

    private static AttemptRow Read(SqliteDataReader row) =>
        new()
        {
            RunId = RunId.Parse(row.GetString(0)),
            Attempt = row.GetInt32(1),
            Sequence = row.GetInt64(2),
            State = Enum.Parse<AttemptState>(row.GetString(3), ignoreCase: true),
            Pool = row.GetString(4),
            Needs = NeedsText.Read(row.GetStringOrNull(14), row.GetInt32(5)),
            Priority = row.GetInt32(6),
            Node = row.GetStringOrNull(7),
            Slots = row.IsDBNull(8) ? null : row.GetInt32(8),
            TokenHash = row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9),
            ExpiresAt = row.IsDBNull(10) ? null : row.GetTime(10),
            Renewed = row.GetBoolean(11),
            CancelRequested = row.GetBoolean(12),
            Avoided = ReadAvoided(row.GetStringOrNull(13)),
        };

    private static QueuedAttempt ReadQueued(SqliteDataReader row) =>
        new()
        {
            RunId = RunId.Parse(row.GetString(0)),
            Sequence = row.GetInt64(1),
            Age = row.GetInt64(8),
            Owner = row.GetString(2),
            Priority = row.GetInt32(3),
            Needs = NeedsText.Read(row.GetStringOrNull(9), row.GetInt32(4)),
            NotBefore = row.IsDBNull(5) ? null : row.GetTime(5),
            Avoided = ReadAvoided(row.GetStringOrNull(6)),
            AvoidUntil = row.IsDBNull(7) ? null : row.GetTime(7),
        };

    private static string[] ReadAvoided(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<string[]>(text) ?? [];
}
