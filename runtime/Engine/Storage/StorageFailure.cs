using SQLitePCL;
using Trainyard.Storage;

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

        return new DurableStorageException($"{path}: {SqliteResult.Describe(result)} (SQLite {result}: {detail}).")
        {
            IsFinal = (result & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
            IsFull = (result & 0xFF) is raw.SQLITE_FULL,
        };
    }
}
