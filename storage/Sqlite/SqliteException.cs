using SQLitePCL;

namespace Trainyard.Storage.Sqlite;

/// <summary>A call to SQLite failed. The message tells the operator of the service what this means.</summary>
/// <param name="path">The database file.</param>
/// <param name="code">The extended result code.</param>
/// <param name="detail">SQLite's own message.</param>
public sealed class SqliteException(string path, int code, string detail)
    : Exception($"{path}: {Meaning(code)} (SQLite {code}: {detail}).")
{
    public bool IsFull => Primary == raw.SQLITE_FULL;

    /// <summary>Whether the file is no longer a valid database, so that a retry is pointless.</summary>
    public bool IsDamaged => Primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Whether the request was at fault, not the storage.</summary>
    public bool IsRefusal =>
        Primary is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    private int Primary => code & 0xFF;

    private static string Meaning(int code) =>
        (code & 0xFF) switch
        {
            raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE =>
                "the operation was refused",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => "the file may not be written",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds the file",
            raw.SQLITE_IOERR => "the disk failed",
            raw.SQLITE_FULL => "the disk is full; free some space",
            raw.SQLITE_CANTOPEN => "the file cannot be opened",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "the file is damaged; restore it from a backup, or move it away to begin without its contents",
            _ => "the storage failed",
        };
}
