namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Commits operations together, or leaves the database as it was.</summary>
internal sealed class Transactions(Database database)
{
    private readonly StoreSession session = new(database);

    /// <returns>Why nothing was kept; null when all was.</returns>
    public Exception? TryCommit(IEnumerable<StoreOperation> operations)
    {
        try
        {
            database.Execute("BEGIN IMMEDIATE");
            foreach (var operation in operations)
            {
                operation.Apply(session);
            }

            database.Execute("COMMIT");
            return null;
        }
        catch (Exception exception)
        {
            Undo();
            return exception;
        }
    }

    private void Undo()
    {
        database.ResetStatements();
        try
        {
            database.Execute("ROLLBACK");
        }
        catch (DurableStorageException)
        {
            // SQLite has already rolled back; the first failure is the one worth telling.
        }
    }
}
