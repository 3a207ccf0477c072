using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>The tables of the service's records.</summary>
internal static class RecordsSchema
{
    // Each entry upgrades the file from the version equal to its index to the next. Never change a released entry.
    private static readonly string[] Steps =
    [
        """
            CREATE TABLE runs (
                id TEXT NOT NULL PRIMARY KEY,
                version INTEGER NOT NULL,      -- random at every write
                owner TEXT NOT NULL,
                phase TEXT NOT NULL,
                submitted_at INTEGER NOT NULL, -- times are ticks of 100 ns since year 1, UTC
                finished_at INTEGER,
                record TEXT NOT NULL           -- JSON
            ) WITHOUT ROWID;
            CREATE INDEX runs_by_age ON runs (submitted_at, id);
            CREATE INDEX runs_by_owner ON runs (owner, submitted_at, id);
            CREATE INDEX runs_by_phase ON runs (phase, submitted_at, id);
            CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;

            -- The latest attempt of each run; kept for a while after its end, so that a late repeat changes nothing.
            CREATE TABLE attempts (
                run_id TEXT NOT NULL PRIMARY KEY,
                attempt INTEGER NOT NULL,
                sequence INTEGER NOT NULL UNIQUE, -- age: a later attempt keeps its run's place
                state TEXT NOT NULL,              -- queued leased lost removed finished
                pool TEXT NOT NULL,
                gpus INTEGER NOT NULL,
                priority INTEGER NOT NULL,
                node TEXT,
                slots INTEGER,
                token_hash BLOB,                  -- SHA-256
                expires_at INTEGER,
                renewed INTEGER NOT NULL DEFAULT 0,
                cancel_requested INTEGER NOT NULL DEFAULT 0,
                ended_at INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX attempts_queued ON attempts (pool, priority DESC, sequence) WHERE state = 'queued';
            CREATE INDEX attempts_leased ON attempts (node, expires_at) WHERE state = 'leased';
            CREATE INDEX attempts_lost ON attempts (run_id) WHERE state = 'lost';
            CREATE INDEX attempts_ended ON attempts (ended_at) WHERE ended_at IS NOT NULL;

            CREATE TABLE nodes (
                name TEXT NOT NULL PRIMARY KEY,
                pool TEXT NOT NULL,
                gpus INTEGER NOT NULL,
                slots INTEGER NOT NULL,
                seen_at INTEGER NOT NULL
            ) WITHOUT ROWID;

            CREATE TABLE blobs (
                name TEXT NOT NULL PRIMARY KEY,
                file TEXT NOT NULL UNIQUE, -- where the content is
                bytes INTEGER NOT NULL,    -- what lies behind this in the file was never acknowledged
                sha256 TEXT,
                modified_at INTEGER NOT NULL
            ) WITHOUT ROWID;
            """,
        """
            -- When a node was last seen with a lease, or else first seen; and whether it gets no more runs.
            ALTER TABLE nodes ADD COLUMN busy_at INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE nodes ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;

            -- Machines that are being made for a pool, and when that was so.
            CREATE TABLE pools (
                name TEXT NOT NULL PRIMARY KEY,
                starting INTEGER NOT NULL,
                told_at INTEGER NOT NULL
            ) WITHOUT ROWID;
            """,
        """
            -- Whose an attempt is, when it may be leased, and which nodes failed it (JSON), kept for others until then.
            -- The sequence is the place in the queue; the age is what the place was at first.
            ALTER TABLE attempts ADD COLUMN owner TEXT NOT NULL DEFAULT '';
            ALTER TABLE attempts ADD COLUMN age INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE attempts ADD COLUMN not_before INTEGER;
            ALTER TABLE attempts ADD COLUMN avoided TEXT;
            ALTER TABLE attempts ADD COLUMN avoid_until INTEGER;
            UPDATE attempts SET age = sequence, owner = COALESCE((SELECT owner FROM runs WHERE id = run_id), '');
            DROP INDEX attempts_queued;
            CREATE INDEX attempts_queued ON attempts (pool, sequence) WHERE state = 'queued';

            -- How a node fared with its runs (JSON), and how it keeps commands apart.
            ALTER TABLE nodes ADD COLUMN standing TEXT;
            ALTER TABLE nodes ADD COLUMN sandbox TEXT;
            """,
        """
            -- When an ended run is purged that has a retention of its own; those of before are looked at every time.
            ALTER TABLE runs ADD COLUMN purge_at INTEGER;
            UPDATE runs SET purge_at = finished_at
                WHERE finished_at IS NOT NULL AND json_extract(record, '$.manifest.retention') IS NOT NULL;
            CREATE INDEX runs_purge ON runs (purge_at) WHERE purge_at IS NOT NULL;
            -- The others, by their end.
            DROP INDEX runs_finished;
            CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL AND purge_at IS NULL;
            """,
        """
            -- What a node must have for an attempt, and what a node says that it has (both JSON).
            ALTER TABLE attempts ADD COLUMN needs TEXT;
            ALTER TABLE nodes ADD COLUMN facts TEXT;
            """,
        """
            -- Experiments and their runs. Ids sort by their age.
            CREATE TABLE records (
                kind TEXT NOT NULL,
                id TEXT NOT NULL,
                version INTEGER NOT NULL, -- random at every write
                owner TEXT NOT NULL,
                parent TEXT,              -- the record that it belongs to
                closed_at INTEGER,
                record TEXT NOT NULL,     -- JSON
                PRIMARY KEY (kind, id)
            ) WITHOUT ROWID;
            CREATE INDEX records_by_owner ON records (kind, owner, id);
            CREATE INDEX records_by_parent ON records (kind, owner, parent, id);
            CREATE INDEX records_closed ON records (kind, closed_at, id);
            """,
        """
            -- How long an attempt's command may run (ticks), when its run was first queued, and when a node got it.
            ALTER TABLE attempts ADD COLUMN max_duration INTEGER;
            ALTER TABLE attempts ADD COLUMN queued_at INTEGER;
            ALTER TABLE attempts ADD COLUMN leased_at INTEGER;

            -- GPU milliseconds that ended attempts used, decayed to the instant in at.
            CREATE TABLE usage (
                pool TEXT NOT NULL,
                owner TEXT NOT NULL,
                gpu_ms INTEGER NOT NULL,
                at INTEGER NOT NULL,
                PRIMARY KEY (pool, owner)
            ) WITHOUT ROWID;
            """,
        """
            -- Whether an operator lets a node have no new runs.
            ALTER TABLE nodes ADD COLUMN drained INTEGER NOT NULL DEFAULT 0;
            """,
        """
            -- How long an attempt will probably hold its node (ticks).
            ALTER TABLE attempts ADD COLUMN expected INTEGER;
            """,
        """
            -- How many nodes an attempt takes at once, and the learner whose node fell silent.
            ALTER TABLE attempts ADD COLUMN nodes INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE attempts ADD COLUMN lost_learner INTEGER;

            -- The leases of an attempt: one for each learner that has not ended.
            CREATE TABLE learners (
                run_id TEXT NOT NULL,
                learner INTEGER NOT NULL, -- from 1
                node TEXT NOT NULL,
                slots INTEGER NOT NULL,
                token_hash BLOB,          -- SHA-256
                expires_at INTEGER NOT NULL,
                renewed INTEGER NOT NULL,
                PRIMARY KEY (run_id, learner)
            ) WITHOUT ROWID;
            CREATE INDEX learners_by_node ON learners (node);
            CREATE INDEX learners_by_expiry ON learners (expires_at);
            INSERT INTO learners (run_id, learner, node, slots, token_hash, expires_at, renewed)
                SELECT run_id, 1, node, slots, token_hash, expires_at, renewed FROM attempts
                WHERE state IN ('leased', 'lost') AND node IS NOT NULL;
            UPDATE attempts SET lost_learner = 1 WHERE state = 'lost';
            DROP INDEX attempts_leased;
            ALTER TABLE attempts DROP COLUMN node;
            ALTER TABLE attempts DROP COLUMN slots;
            ALTER TABLE attempts DROP COLUMN token_hash;
            ALTER TABLE attempts DROP COLUMN expires_at;
            ALTER TABLE attempts DROP COLUMN renewed;
            """,
        """
            -- Whether a run may be preempted, how often it was, and for which run its attempt has to give way (JSON).
            ALTER TABLE attempts ADD COLUMN preemptible INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE attempts ADD COLUMN preemptions INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE attempts ADD COLUMN preemption TEXT;
            """,
        """
            -- When an attempt that may be preempted last saved a checkpoint.
            ALTER TABLE attempts ADD COLUMN saved_at INTEGER;
            """,
    ];

    // Files older than this version may still hold deleted content in free pages.
    private const int FirstThatOverwrites = 3;

    /// <summary>Opens the file for writing; creates it or upgrades it to this program's version first.</summary>
    /// <exception cref="NewerSchemaException">A newer program wrote the file.</exception>
    public static SqliteConnection Open(string path)
    {
        var (connection, version) = new SqliteSchema(Steps).Open(path);
        if (version is > 0 and < FirstThatOverwrites)
        {
            connection.Execute("VACUUM");
        }

        return connection;
    }
}
