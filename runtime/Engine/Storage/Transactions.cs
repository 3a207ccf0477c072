using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Commits operations together, or leaves the database as it was.</summary>
internal sealed class Transactions(SqliteConnection connection)
{
    private readonly StoreSession _session = new(connection);

    /// <returns>The reason why nothing was stored; null on success.</returns>
    public Exception? TryCommit(IEnumerable<StoreOperation> operations)
    {
        try
        {
            return connection.InTransaction(() => Apply(operations));
        }
        catch (SqliteException exception)
        {
            return StorageFailure.Of(exception);
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private Exception? Apply(IEnumerable<StoreOperation> operations)
    {
        foreach (var operation in operations)
        {
            operation.Apply(_session);
        }

        return null;
    }
}
