using System.Collections.Concurrent;
using Trainyard.Core.Stores;
using Trainyard.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>
/// The database file: one writer at a time, readers beside it (WAL). A unit of work is short and touches nothing else,
/// so it runs where it is called.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
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
            writer = new SqliteSession(RecordsSchema.Open(path));
        }
        catch (SqliteException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Runs a unit of work in a transaction; durable before it returns, undone when it throws.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return InTransaction(writer ??= Open(readOnly: false), work);
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
            session = Open(readOnly: true);
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

    public void Dispose()
    {
        while (readers.TryTake(out var session))
            session.Dispose();
        // Last, because only a connection that may write puts the log into the file when it is the last to close.
        writer?.Dispose();
        gate.Dispose();
    }

    private SqliteSession Open(bool readOnly) => new(SqliteConnection.Open(path, readOnly));

    private T InTransaction<T>(SqliteSession session, Func<SqliteSession, T> work)
    {
        try
        {
            return session.InTransaction(work);
        }
        catch (SqliteException e) when (e.IsFull)
        {
            throw new InsufficientStorageException(e);
        }
        finally
        {
            // Closing undoes whatever was not committed, whatever state the failure left the connection in.
            if (session.IsInTransaction)
            {
                session.Dispose();
                writer = null;
            }
        }
    }
}
