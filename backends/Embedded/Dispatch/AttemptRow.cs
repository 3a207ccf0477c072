using System.Text.Json;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Dispatch;

/// <summary>A row of the attempts table.</summary>
internal sealed record AttemptRow
{
    private const string Columns =
        "run_id, attempt, sequence, state, pool, gpus, priority, node, slots, token_hash, expires_at, renewed, cancel_requested, avoided, needs, "
        + "owner, age, not_before, avoid_until, max_duration, queued_at, leased_at, expected, preemptible, preemptions, preemption";

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

    /// <summary>The run's owner; empty in rows older than this column.</summary>
    public required string Owner { get; init; }

    /// <summary>The first place that the run had in the queue.</summary>
    public required long Age { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? AvoidUntil { get; init; }

    public TimeSpan? MaxDuration { get; init; }

    public TimeSpan? Expected { get; init; }

    /// <summary>When the run was first queued; null in rows older than this column.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When the attempt was leased; null in rows older than this column.</summary>
    public DateTimeOffset? LeasedAt { get; init; }

    public bool IsPreemptible { get; init; }

    /// <summary>How often the run was told to give way.</summary>
    public int Preemptions { get; init; }

    /// <summary>The order to give way that the attempt was told.</summary>
    public PreemptionOrder? Preemption { get; init; }

    public static AttemptRow? Find(SqliteSession session, RunId id) =>
        session.First($"SELECT {Columns} FROM attempts WHERE run_id = $id", Read, ("$id", id.ToString()));

    /// <summary>All queued and leased attempts.</summary>
    public static List<AttemptRow> Live(SqliteSession session) =>
        session.All($"SELECT {Columns} FROM attempts WHERE state IN ('queued', 'leased') ORDER BY sequence", Read);

    /// <summary>The unexpired leases of a node.</summary>
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

    /// <summary>The attempt in the scheduler's form.</summary>
    public QueuedRun ToQueued(DateTimeOffset now) =>
        new()
        {
            RunId = RunId,
            Attempt = Attempt,
            Owner = Owner,
            Priority = Priority,
            Age = Age,
            QueuedAt = QueuedAt ?? now,
            Needs = Needs,
            MaxDuration = MaxDuration,
            Expected = Expected,
            NotBefore = NotBefore,
            IsPreemptible = IsPreemptible,
            Preemptions = Preemptions,
            Avoided = Avoided,
            AvoidUntil = RetryDelays.IsPossible(AvoidUntil, now) ? AvoidUntil : null,
        };

    /// <inheritdoc cref="ToQueued"/>
    public RunningRun ToRunning(DateTimeOffset now) =>
        new()
        {
            Run = ToQueued(now),
            Nodes = [Node!],
            StartedAt = LeasedAt ?? now,
            Preemption = Preemption,
        };

    private static AttemptRow Read(SqliteStatement row) =>
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
            Slots = row.IsNull(8) ? null : row.GetInt32(8),
            TokenHash = row.IsNull(9) ? null : row.GetBlob(9).ToArray(),
            ExpiresAt = row.IsNull(10) ? null : row.GetTime(10),
            Renewed = row.GetBoolean(11),
            CancelRequested = row.GetBoolean(12),
            Avoided = ReadAvoided(row.GetStringOrNull(13)),
            Owner = row.GetString(15),
            Age = row.GetInt64(16),
            NotBefore = row.IsNull(17) ? null : row.GetTime(17),
            AvoidUntil = row.IsNull(18) ? null : row.GetTime(18),
            MaxDuration = row.IsNull(19) ? null : TimeSpan.FromTicks(row.GetInt64(19)),
            QueuedAt = row.IsNull(20) ? null : row.GetTime(20),
            LeasedAt = row.IsNull(21) ? null : row.GetTime(21),
            Expected = row.IsNull(22) ? null : TimeSpan.FromTicks(row.GetInt64(22)),
            IsPreemptible = row.GetBoolean(23),
            Preemptions = row.GetInt32(24),
            Preemption = PreemptionOrder.Read(row.GetStringOrNull(25)),
        };

    private static string[] ReadAvoided(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<string[]>(text) ?? [];
}
