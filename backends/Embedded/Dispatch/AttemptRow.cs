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
        "run_id, attempt, preemption, state, pool, gpus, priority, nodes, lost_learner, cancel_requested, avoided, needs, "
        + "owner, age, not_before, avoid_until, max_duration, queued_at, leased_at, expected, preemptible, preemptions";

    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    public required AttemptState State { get; init; }

    public required string Pool { get; init; }

    public required RunNeeds Needs { get; init; }

    public required int Priority { get; init; }

    /// <summary>How many nodes the attempt takes at once.</summary>
    public required int Nodes { get; init; }

    /// <summary>The leases of the learners that have not ended; empty unless the attempt is leased or lost.</summary>
    public IReadOnlyList<LearnerRow> Learners { get; init; } = [];

    /// <summary>The learner whose node fell silent; null unless the attempt is lost.</summary>
    public int? LostLearner { get; init; }

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
        session.First($"SELECT {Columns} FROM attempts WHERE run_id = $id", Read, ("$id", id.ToString())) is { } row
            ? row.WithLearners(session)
            : null;

    /// <summary>All queued and leased attempts.</summary>
    public static List<AttemptRow> Live(SqliteSession session) =>
        session
            .All($"SELECT {Columns} FROM attempts WHERE state IN ('queued', 'leased') ORDER BY sequence", Read)
            .ConvertAll(row => row.WithLearners(session));

    /// <summary>The attempts of which a node has an unexpired lease.</summary>
    public static List<AttemptRow> LeasedTo(SqliteSession session, NodeOffer offer, DateTimeOffset expiredUpTo) =>
        session
            .All(
                $"""
                SELECT {Columns} FROM attempts
                WHERE state = 'leased' AND pool = $pool
                    AND run_id IN (SELECT run_id FROM learners WHERE node = $node AND expires_at > $expired)
                ORDER BY sequence
                """,
                Read,
                ("$node", offer.Node),
                ("$expired", expiredUpTo.UtcTicks),
                ("$pool", offer.Pool)
            )
            .ConvertAll(row => row.WithLearners(session));

    /// <summary>The attempts that were lost and are not finished yet.</summary>
    public static List<AttemptRow> AllLost(SqliteSession session) =>
        session
            .All($"SELECT {Columns} FROM attempts WHERE state = 'lost' ORDER BY run_id", Read)
            .ConvertAll(row => row.WithLearners(session));

    /// <summary>The learner on a node; null when the node has none.</summary>
    public LearnerRow? LearnerOn(string node) => Learners.FirstOrDefault(learner => learner.Node == node);

    /// <summary>The node that fell silent, of an attempt that is lost.</summary>
    public LostLease ToLost()
    {
        var lost = Learners.FirstOrDefault(learner => learner.Learner == LostLearner) ?? Learners[0];
        return new LostLease(RunId, Attempt, lost.Node) { Learner = lost.Learner };
    }

    private AttemptRow WithLearners(SqliteSession session) =>
        State is AttemptState.Leased or AttemptState.Lost
            ? this with
            {
                Learners = LearnerRow.Of(session, RunId),
            }
            : this;

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
            Nodes = Nodes,
            MaxDuration = MaxDuration,
            Expected = Expected,
            NotBefore = NotBefore,
            IsPreemptible = IsPreemptible,
            Preemptions = Preemptions,
            Avoided = Avoided,
            AvoidUntil = RetryDelays.IsPossible(AvoidUntil, now) ? AvoidUntil : null,
        };

    /// <summary>The attempt on the nodes that still hold it, in the scheduler's form.</summary>
    public RunningRun ToRunning(DateTimeOffset now) =>
        new()
        {
            Run = ToQueued(now) with { Nodes = Learners.Count },
            Nodes = [.. Learners.Select(learner => learner.Node)],
            StartedAt = LeasedAt ?? now,
            Preemption = Preemption,
        };

    private static AttemptRow Read(SqliteStatement row) =>
        new()
        {
            RunId = RunId.Parse(row.GetString(0)),
            Attempt = row.GetInt32(1),
            Preemption = PreemptionOrder.Read(row.GetStringOrNull(2)),
            State = Enum.Parse<AttemptState>(row.GetString(3), ignoreCase: true),
            Pool = row.GetString(4),
            Needs = NeedsText.Read(row.GetStringOrNull(11), row.GetInt32(5)),
            Priority = row.GetInt32(6),
            Nodes = row.GetInt32(7),
            LostLearner = row.IsNull(8) ? null : row.GetInt32(8),
            CancelRequested = row.GetBoolean(9),
            Avoided = ReadAvoided(row.GetStringOrNull(10)),
            Owner = row.GetString(12),
            Age = row.GetInt64(13),
            NotBefore = row.IsNull(14) ? null : row.GetTime(14),
            AvoidUntil = row.IsNull(15) ? null : row.GetTime(15),
            MaxDuration = row.IsNull(16) ? null : TimeSpan.FromTicks(row.GetInt64(16)),
            QueuedAt = row.IsNull(17) ? null : row.GetTime(17),
            LeasedAt = row.IsNull(18) ? null : row.GetTime(18),
            Expected = row.IsNull(19) ? null : TimeSpan.FromTicks(row.GetInt64(19)),
            IsPreemptible = row.GetBoolean(20),
            Preemptions = row.GetInt32(21),
        };

    private static string[] ReadAvoided(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<string[]>(text) ?? [];
}
