using Trainyard.Contracts;

namespace Trainyard.Backends.Blobs;

/// <summary>Allows one writer at a time for each name. Some names share a lock, which does no harm.</summary>
internal sealed class NameLocks : IDisposable
{
    private const int Count = 64;

    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, Count).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<IDisposable> TakeAsync(BlobName name, CancellationToken cancellationToken)
    {
        var taken = _locks[(uint)name.GetHashCode() % Count];
        await taken.WaitAsync(cancellationToken);
        return new Release(taken);
    }

    public void Dispose()
    {
        foreach (var one in _locks)
        {
            one.Dispose();
        }
    }

    private sealed class Release(SemaphoreSlim taken) : IDisposable
    {
        public void Dispose() => taken.Release();
    }
}
