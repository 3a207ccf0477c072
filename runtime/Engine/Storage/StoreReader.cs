using System.Collections.Concurrent;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Read connections, each used by one thread at a time; they see what was last committed and block nobody.</summary>
internal sealed class StoreReader(string path) : IDisposable
{
    private readonly ConcurrentBag<ReadSession> _idle = [];

    public T Read<T>(Func<ReadSession, T> read)
    {
        var session = _idle.TryTake(out var rested) ? rested : Open();
        try
        {
            var result = read(session);
            _idle.Add(session);
            return result;
        }
        catch (SqliteException failure)
        {
            session.Dispose();
            throw StorageFailure.Of(failure);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private ReadSession Open()
    {
        try
        {
            return new ReadSession(SqliteConnection.Open(path, readOnly: true));
        }
        catch (SqliteException failure)
        {
            throw StorageFailure.Of(failure);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
