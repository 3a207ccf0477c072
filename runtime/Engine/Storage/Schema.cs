namespace Trainyard.Runtime.Engine.Storage;

/// <summary>The database's tables and version.</summary>
internal static class Schema
{
    public const int Version = 1;

    /// <remarks>
    /// What never changes (instances) lies apart from what every step changes (states), so that a step never rewrites
    /// a large input. Sequence numbers are never reused: they tell executions of the same instance id apart.
    /// </remarks>
    private const string Tables = """
        CREATE TABLE instances (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            start_at INTEGER,
            parent_seq INTEGER,
            parent_generation INTEGER,
            parent_task INTEGER,
            parent_id TEXT,
            parent_name TEXT,
            tags BLOB,
            input TEXT);
        CREATE INDEX instances_by_parent ON instances (parent_seq) WHERE parent_seq IS NOT NULL;
        CREATE TABLE states (
            seq INTEGER PRIMARY KEY,
            status INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            busy INTEGER NOT NULL,
            next_due INTEGER,
            custom_status TEXT);
        CREATE INDEX states_by_status ON states (status, created, seq);
        CREATE TABLE results (
            seq INTEGER PRIMARY KEY,
            output TEXT,
            failure BLOB);
        CREATE TABLE history (
            seq INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (seq, turn)) WITHOUT ROWID;
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY,
            seq INTEGER NOT NULL,
            data BLOB NOT NULL);
        CREATE INDEX inbox_by_instance ON inbox (seq, id);
        """;

    /// <summary>Reads the version without changing the file; 0 when there is none yet.</summary>
    /// <exception cref="DurableStorageException">The file is newer than this program, or no database.</exception>
    public static void RefuseNewer(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var database = Database.Open(path, readOnly: true);
        var version = database.ReadNumber("PRAGMA user_version");
        if (version > Version)
        {
            throw new DurableStorageException(
                $"{path} was written by a newer version of this program (storage version {version}; this one knows up "
                    + $"to {Version}). Nothing was changed. Start the newer version, or use another state folder."
            );
        }
    }

    public static void Prepare(Database database)
    {
        database.Execute("PRAGMA journal_mode=WAL");
        database.Execute("PRAGMA synchronous=FULL");
        // What was purged is overwritten, and not to be found in the file's free pages.
        database.Execute("PRAGMA secure_delete=ON");
        database.Execute("PRAGMA cache_size=-16384");
        // A checkpoint writes each changed page once, however often the log holds it: fewer and larger ones write less.
        database.Execute("PRAGMA wal_autocheckpoint=4000");
        if (database.ReadNumber("PRAGMA user_version") == 0)
        {
            database.Execute($"BEGIN IMMEDIATE; {Tables} PRAGMA user_version={Version}; COMMIT");
        }
    }
}
