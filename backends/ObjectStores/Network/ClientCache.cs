namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>Clients by the authorities they trust; keeps the most recently used.</summary>
internal sealed class ClientCache(Func<string, HttpClient> create) : IDisposable
{
    private const int MostClients = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly LinkedList<string> _byUse = [];

    public HttpClient Get(string key)
    {
        lock (_gate)
        {
            _byUse.Remove(key);
            _byUse.AddFirst(key);
            if (!_clients.TryGetValue(key, out var client))
            {
                _clients[key] = client = create(key);
            }

            // The evicted client is not disposed, because a call may still use it. Its idle connections close on their
            // own.
            if (_clients.Count > MostClients)
            {
                _clients.Remove(_byUse.Last!.Value);
                _byUse.RemoveLast();
            }

            return client;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }
}
