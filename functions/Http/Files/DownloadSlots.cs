using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Files;

/// <summary>Limits the downloads that go through the service at once, in all and for each owner.</summary>
public sealed class DownloadSlots(DownloadOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Owner, int> _taken = [];

    /// <summary>A slot, free again when it is disposed; null when there is none.</summary>
    public IDisposable? TryTake(Owner owner)
    {
        lock (_lock)
        {
            var own = _taken.GetValueOrDefault(owner);
            if (own >= options.MaxAtOncePerOwner || _taken.Values.Sum() >= options.MaxAtOnce)
            {
                return null;
            }
            _taken[owner] = own + 1;
            return new Slot(this, owner);
        }
    }

    private void Free(Owner owner)
    {
        lock (_lock)
        {
            if (--_taken[owner] == 0)
            {
                _taken.Remove(owner);
            }
        }
    }

    private sealed class Slot(DownloadSlots slots, Owner owner) : IDisposable
    {
        private bool _isFree;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isFree, true))
            {
                slots.Free(owner);
            }
        }
    }
}
