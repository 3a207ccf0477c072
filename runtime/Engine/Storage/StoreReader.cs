using System.Collections.Concurrent;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Read connections, each used by one thread at a time; they see what was last committed and block nobody.</summary>
internal sealed class StoreReader(string path) : IDisposable
{
    private readonly ConcurrentBag<ReadSession> idle = [];

    public T Read<T>(Func<ReadSession, T> read)
    {
        var session = idle.TryTake(out var rested) ? rested : new ReadSession(Database.Open(path, readOnly: true));
        try
        {
            var result = read(session);
            idle.Add(session);
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
        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
