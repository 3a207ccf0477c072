using System.Collections.Concurrent;
using Trainyard.Core.Stores;
using Trainyard.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>
/// The database file: one writer at a time, concurrent readers (WAL). A unit of work is short and touches nothing but
/// the database, so it runs on the caller's thread.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly string _path;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private SqliteSession? _writer;

    public SqliteDatabase(string path)
    {
        _path = path;
        DurableFiles.CreatePrivateFolder(Path.GetDirectoryName(path)!);
        try
        {
            _writer = new SqliteSession(RecordsSchema.Open(path));
        }
        catch (SqliteException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Runs a unit of work in a transaction; durable before it returns, undone when it throws.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        WriteAsync(work, _ => { }, cancellationToken);

    /// <summary>Runs a unit of work as above, then a follow-up before any other write begins.</summary>
    public async Task<T> WriteAsync<T>(
        Func<SqliteSession, T> work,
        Action<T> written,
        CancellationToken cancellationToken
    )
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var result = InTransaction(_writer ??= Open(readOnly: false), work);
            written(result);
            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs queries. Sees everything committed before the call.</summary>
    public T Read<T>(Func<SqliteSession, T> work)
    {
        if (!_readers.TryTake(out var session))
        {
            session = Open(readOnly: true);
        }
        try
        {
            var result = work(session);
            _readers.Add(session);
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
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }
        // Closed last: only a writable connection that closes last copies the write-ahead log into the file.
        _writer?.Dispose();
        _gate.Dispose();
    }

    private SqliteSession Open(bool readOnly) => new(SqliteConnection.Open(_path, readOnly));

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
            // Closing rolls back uncommitted work, whatever state the failure left the connection in.
            if (session.IsInTransaction)
            {
                session.Dispose();
                _writer = null;
            }
        }
    }
}
