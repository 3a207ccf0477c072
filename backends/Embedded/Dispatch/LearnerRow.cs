using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Dispatch;

/// <summary>A row of the learners table: the lease of one learner of a run's latest attempt.</summary>
internal sealed record LearnerRow
{
    public required int Learner { get; init; }

    public required string Node { get; init; }

    public required int Slots { get; init; }

    public byte[]? TokenHash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required bool Renewed { get; init; }

    public static List<LearnerRow> Of(SqliteSession session, RunId id) =>
        session.All(
            "SELECT learner, node, slots, token_hash, expires_at, renewed FROM learners WHERE run_id = $id ORDER BY learner",
            Read,
            ("$id", id.ToString())
        );

    /// <summary>Gives a learner to a node, under a new token.</summary>
    public static Lease Lease(SqliteSession session, AttemptRow row, LearnerRow given)
    {
        var token = LeaseToken.New();
        session.Execute(
            """
            INSERT INTO learners (run_id, learner, node, slots, token_hash, expires_at, renewed)
            VALUES ($id, $learner, $node, $slots, $hash, $expires, 0)
            ON CONFLICT (run_id, learner) DO UPDATE SET node = excluded.node, slots = excluded.slots,
                token_hash = excluded.token_hash, expires_at = excluded.expires_at, renewed = 0
            """,
            ("$id", row.RunId.ToString()),
            ("$learner", given.Learner),
            ("$node", given.Node),
            ("$slots", given.Slots),
            ("$hash", LeaseToken.Hash(token)),
            ("$expires", given.ExpiresAt.UtcTicks)
        );
        return new Lease
        {
            RunId = row.RunId,
            Attempt = row.Attempt,
            Learner = given.Learner,
            Learners = row.Nodes,
            Token = token,
            Slots = given.Slots,
            ExpiresAt = given.ExpiresAt,
        };
    }

    public static void Renew(SqliteSession session, RunId id, int learner, DateTimeOffset expiresAt) =>
        session.Execute(
            "UPDATE learners SET expires_at = $expires, renewed = 1 WHERE run_id = $id AND learner = $learner",
            ("$expires", expiresAt.UtcTicks),
            ("$id", id.ToString()),
            ("$learner", learner)
        );

    /// <summary>Ends the lease of one learner.</summary>
    public static void End(SqliteSession session, RunId id, int learner) =>
        session.Execute(
            "DELETE FROM learners WHERE run_id = $id AND learner = $learner",
            ("$id", id.ToString()),
            ("$learner", learner)
        );

    /// <summary>Ends the leases of all learners.</summary>
    public static void EndAll(SqliteSession session, RunId id) =>
        session.Execute("DELETE FROM learners WHERE run_id = $id", ("$id", id.ToString()));

    /// <summary>Voids the tokens of lost attempts.</summary>
    public static void VoidLost(SqliteSession session) =>
        session.Execute(
            """
            UPDATE learners SET token_hash = NULL
            WHERE run_id IN (SELECT run_id FROM attempts WHERE state = 'lost') AND token_hash IS NOT NULL
            """
        );

    private static LearnerRow Read(SqliteStatement row) =>
        new()
        {
            Learner = row.GetInt32(0),
            Node = row.GetString(1),
            Slots = row.GetInt32(2),
            TokenHash = row.IsNull(3) ? null : row.GetBlob(3).ToArray(),
            ExpiresAt = row.GetTime(4),
            Renewed = row.GetBoolean(5),
        };
}
