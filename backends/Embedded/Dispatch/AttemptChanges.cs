using System.Text.Json;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Dispatch;

/// <summary>All statements that change the attempts table.</summary>
internal static class AttemptChanges
{
    /// <summary>
    /// Adds a run's first attempt, or replaces the previous attempt by a later one. False if this or a later attempt
    /// is known.
    /// </summary>
    public static bool Enqueue(SqliteSession session, DispatchEntry entry, DateTimeOffset now)
    {
        if (!Put(session, entry, now))
        {
            return false;
        }
        LearnerRow.EndAll(session, entry.RunId);
        return true;
    }

    private static bool Put(SqliteSession session, DispatchEntry entry, DateTimeOffset now) =>
        session.Execute(
            """
            INSERT INTO attempts
                (run_id, attempt, sequence, age, state, pool, gpus, needs, owner, priority, not_before, avoid_until,
                max_duration, queued_at, expected, nodes, preemptible)
            SELECT $id, $attempt, next, next, 'queued', $pool, $gpus, $needs, $owner, $priority, $due, $avoid,
                $max, $now, $expected, $nodes, $preemptible
            FROM (SELECT COALESCE(MAX(sequence), 0) + 1 AS next FROM attempts) WHERE true
            ON CONFLICT (run_id) DO UPDATE SET
                attempt = excluded.attempt, state = 'queued', pool = excluded.pool, gpus = excluded.gpus,
                needs = excluded.needs,
                owner = excluded.owner, priority = excluded.priority, not_before = excluded.not_before,
                avoid_until = excluded.avoid_until, nodes = excluded.nodes, lost_learner = NULL,
                preemptible = excluded.preemptible, preemption = NULL, saved_at = NULL, cancel_requested = 0, ended_at = NULL, leased_at = NULL,
                max_duration = excluded.max_duration, expected = excluded.expected, queued_at = COALESCE(attempts.queued_at, excluded.queued_at)
            WHERE excluded.attempt > attempts.attempt
            """,
            ("$id", entry.RunId.ToString()),
            ("$attempt", entry.Attempt),
            ("$pool", entry.Pool),
            ("$gpus", entry.Needs.Gpus),
            ("$nodes", entry.Nodes),
            ("$needs", NeedsText.Write(entry.Needs)),
            ("$owner", entry.Owner.ToString()),
            ("$priority", entry.Priority),
            ("$due", entry.Delay > TimeSpan.Zero ? (now + entry.Delay).UtcTicks : null),
            ("$max", entry.MaxDuration?.Ticks),
            ("$expected", entry.Expected?.Ticks),
            ("$preemptible", entry.IsPreemptible ? 1 : 0),
            ("$now", now.UtcTicks),
            ("$avoid", (now + entry.Delay + RetryDelays.AvoidFor).UtcTicks)
        ) == 1;

    /// <summary>Records that a node failed a run.</summary>
    public static void Avoid(SqliteSession session, RunId id, string node)
    {
        if (AttemptRow.Find(session, id) is { } row && !row.Avoided.Contains(node))
        {
            session.Execute(
                "UPDATE attempts SET avoided = $avoided WHERE run_id = $id",
                ("$avoided", JsonSerializer.Serialize<string[]>([.. row.Avoided, node])),
                ("$id", id.ToString())
            );
        }
    }

    /// <summary>Gives an attempt to the nodes of all its learners.</summary>
    public static List<Lease> Lease(
        SqliteSession session,
        AttemptRow row,
        IReadOnlyList<LearnerRow> learners,
        DateTimeOffset now
    )
    {
        session.Execute(
            "UPDATE attempts SET state = 'leased', leased_at = $now WHERE run_id = $id",
            ("$now", now.UtcTicks),
            ("$id", row.RunId.ToString())
        );
        return [.. learners.Select(learner => LearnerRow.Lease(session, row, learner))];
    }

    public static void RequestCancel(SqliteSession session, RunId id) =>
        session.Execute("UPDATE attempts SET cancel_requested = 1 WHERE run_id = $id", ("$id", id.ToString()));

    /// <summary>Tells the holder of an attempt to give way. Returns false if nobody holds it any more.</summary>
    public static bool Preempt(SqliteSession session, Preemption preemption) =>
        session.Execute(
            """
            UPDATE attempts SET preemption = $order, preemptions = preemptions + 1
            WHERE run_id = $id AND attempt = $attempt AND state = 'leased' AND preemption IS NULL
            """,
            ("$order", preemption.Order.Write()),
            ("$id", preemption.RunId.ToString()),
            ("$attempt", preemption.Attempt)
        ) == 1;

    /// <summary>Records when an attempt saved a checkpoint, if it is preemptible.</summary>
    public static bool Save(SqliteSession session, RunId id, int attempt, DateTimeOffset now) =>
        session.Execute(
            """
            UPDATE attempts SET saved_at = $now
            WHERE run_id = $id AND attempt = $attempt AND state = 'leased' AND preemptible = 1
            """,
            ("$now", now.UtcTicks),
            ("$id", id.ToString()),
            ("$attempt", attempt)
        ) == 1;

    /// <summary>Ends the leases of a run, which counts as lost from now on, because of one learner's node.</summary>
    public static void Lose(SqliteSession session, RunId id, int learner)
    {
        session.Execute(
            "UPDATE attempts SET state = 'lost', lost_learner = $learner WHERE run_id = $id",
            ("$learner", learner),
            ("$id", id.ToString())
        );
        LearnerRow.VoidLost(session);
    }

    /// <summary>Loses every run of which at least one lease has expired.</summary>
    public static void LoseAllExpired(SqliteSession session, DateTimeOffset upTo, DateTimeOffset beyond)
    {
        const string Expired = "(l.expires_at <= $upTo OR l.expires_at > $beyond)";
        session.Execute(
            $"""
            UPDATE attempts SET state = 'lost', lost_learner =
                (SELECT MIN(l.learner) FROM learners l WHERE l.run_id = attempts.run_id AND {Expired})
            WHERE state = 'leased' AND run_id IN (SELECT l.run_id FROM learners l WHERE {Expired})
            """,
            ("$upTo", upTo.UtcTicks),
            ("$beyond", beyond.UtcTicks)
        );
        LearnerRow.VoidLost(session);
    }

    /// <summary>Ends an attempt, even one that was never enqueued: a late enqueue must find it ended.</summary>
    public static void End(SqliteSession session, RunId id, int attempt, AttemptState state, DateTimeOffset now)
    {
        var ended = session.Execute(
            """
            INSERT INTO attempts (run_id, attempt, sequence, state, pool, gpus, priority, ended_at)
            VALUES ($id, $attempt, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM attempts), $state, '', 0, 0, $now)
            ON CONFLICT (run_id) DO UPDATE SET
                attempt = excluded.attempt, state = excluded.state, ended_at = excluded.ended_at
            WHERE excluded.attempt >= attempts.attempt
            """,
            ("$id", id.ToString()),
            ("$attempt", attempt),
            ("$state", state.ToString().ToLowerInvariant()),
            ("$now", now.UtcTicks)
        );
        if (ended == 1)
        {
            LearnerRow.EndAll(session, id);
        }
    }

    /// <summary>Deletes a run's attempt if it has ended.</summary>
    public static int Forget(SqliteSession session, RunId id) =>
        session.Execute("DELETE FROM attempts WHERE run_id = $id AND ended_at IS NOT NULL", ("$id", id.ToString()));

    /// <summary>Deletes attempts that ended so long ago that no call about them can be repeated any more.</summary>
    public static void Forget(SqliteSession session, DateTimeOffset endedBefore) =>
        session.Execute("DELETE FROM attempts WHERE ended_at < $before", ("$before", endedBefore.UtcTicks));
}
