using SQLitePCL;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Says what a SQLite error means to whoever runs the service; the operation's own fault is told apart.</summary>
internal static class StorageFailure
{
    public static Exception Describe(string path, int result, string detail)
    {
        if ((result & 0xFF) is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE)
        {
            return new InvalidOperationException($"{path} refused an operation (SQLite {result}: {detail}).");
        }

        var meaning = (result & 0xFF) switch
        {
            raw.SQLITE_FULL => "the disk is full; free some space",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "the file is damaged; restore it from a backup, or move it away to begin without its contents",
            raw.SQLITE_IOERR => "the disk failed",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => "the file may not be written",
            raw.SQLITE_CANTOPEN => "the file cannot be opened",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds the file",
            _ => "the storage failed",
        };
        return new DurableStorageException($"{path}: {meaning} (SQLite {result}: {detail}).")
        {
            IsFinal = (result & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
        };
    }
}
