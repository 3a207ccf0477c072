using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>The database's tables.</summary>
internal static class Schema
{
    /// <remarks>
    /// The fixed facts (instances) are apart from the state that every step changes (states), so that a step never
    /// rewrites
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

    private static readonly SqliteSchema Steps = new([Tables]);

    /// <summary>Opens the file for writing, and makes it where there is none.</summary>
    /// <exception cref="DurableStorageException">The file is newer than this program, or cannot be used.</exception>
    public static SqliteConnection Open(string path)
    {
        try
        {
            var (connection, _) = Steps.Open(path);
            connection.Execute("PRAGMA cache_size=-16384");
            // A checkpoint writes each changed page once, however often the log holds it: fewer and larger ones write less.
            connection.Execute("PRAGMA wal_autocheckpoint=4000");
            return connection;
        }
        catch (NewerSchemaException newer)
        {
            throw new DurableStorageException(newer.Message, newer);
        }
        catch (SqliteException failure)
        {
            throw StorageFailure.Of(failure);
        }
    }
}
