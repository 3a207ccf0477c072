using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Trainyard.Core.Stores;
using Trainyard.Storage;

namespace Trainyard.Backends.Sqlite;

/// <summary>
/// The database file: one writer at a time, readers beside it (WAL). A unit of work is short and touches nothing else,
/// so it runs where it is called.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    // SQLITE_FULL
    private const int Full = 13;

    private readonly string path;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private SqliteSession? writer;

    public SqliteDatabase(string path)
    {
        this.path = path;
        DurableFiles.CreatePrivateFolder(Path.GetDirectoryName(path)!);
        try
        {
            writer = new SqliteSession(path);
            SqliteSchema.Prepare(writer);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            if (e is SqliteException failure)
                throw new IOException($"{path}: {Meaning(failure)}", failure);
            throw;
        }
    }

    /// <summary>Runs a unit of work in a transaction; durable before it returns, undone when it throws.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return InTransaction(writer ??= new SqliteSession(path), work);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Runs queries. Sees everything committed before the call.</summary>
    public T Read<T>(Func<SqliteSession, T> work)
    {
        if (!readers.TryTake(out var session))
            session = new SqliteSession(path);
        try
        {
            var result = work(session);
            readers.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static string Meaning(SqliteException failure) =>
        $"{SqliteResult.Describe(failure.SqliteErrorCode)} (SQLite {failure.SqliteExtendedErrorCode}).";

    public void Dispose()
    {
        writer?.Dispose();
        while (readers.TryTake(out var session))
            session.Dispose();
        gate.Dispose();
    }

    private T InTransaction<T>(SqliteSession session, Func<SqliteSession, T> work)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            var result = work(session);
            session.Execute("COMMIT");
            return result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Full)
        {
            Undo(session);
            throw new InsufficientStorageException(e);
        }
        catch
        {
            Undo(session);
            throw;
        }
    }

    private void Undo(SqliteSession session)
    {
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // Closing undoes whatever was not committed, whatever state the failure left the connection in.
            session.Dispose();
            writer = null;
        }
    }
}
