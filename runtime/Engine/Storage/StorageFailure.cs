using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Distinguishes failures of the storage from faults of the operation.</summary>
internal static class StorageFailure
{
    public static Exception Of(SqliteException failure) =>
        failure.IsRefusal
            ? new InvalidOperationException(failure.Message, failure)
            : new DurableStorageException(failure.Message, failure)
            {
                IsFinal = failure.IsDamaged,
                IsFull = failure.IsFull,
            };
}
