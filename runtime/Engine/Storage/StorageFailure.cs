using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Tells what is wrong with the storage from the operation's own fault.</summary>
internal static class StorageFailure
{
    public static Exception Of(SqliteException failure) =>
        failure.IsRefusal
            ? new InvalidOperationException(failure.Message, failure)
            : new DurableStorageException(failure.Message, failure) { IsFinal = failure.IsDamaged };
}
