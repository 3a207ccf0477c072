using System.Collections.Concurrent;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// Shares reads among concurrent callers: a recent result serves all, and a caller that comes during a read waits for
/// that read.
/// </summary>
internal sealed class SharedReads<TKey, TValue>(TimeProvider time, TimeSpan goodFor, int mostKept = 1000)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <param name="key">The key of the read.</param>
    /// <param name="read">The read, on behalf of all waiting callers: no single caller can cancel it.</param>
    /// <param name="cancellationToken">Cancels this caller's wait only.</param>
    public Task<TValue> GetAsync(TKey key, Func<Task<TValue>> read, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_entries.Count > mostKept)
        {
            Forget(now);
        }
        var mine = new Entry(now, new Lazy<Task<TValue>>(read));
        var entry = _entries.AddOrUpdate(key, _ => mine, (_, there) => IsGood(there, now) ? there : mine);
        return entry.Value.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Drops an outdated result: the next caller reads anew.</summary>
    public void Forget(TKey key) => _entries.TryRemove(key, out _);

    private bool IsGood(Entry entry, long now) =>
        entry.Value is not { IsValueCreated: true, Value.IsFaulted: true }
        && (
            time.GetElapsedTime(entry.At, now) < goodFor
            || entry.Value is { IsValueCreated: true, Value.IsCompleted: false }
        );

    private void Forget(long now)
    {
        foreach (var stale in _entries.Where(entry => !IsGood(entry.Value, now)))
        {
            _entries.TryRemove(stale);
        }
    }

    private sealed record Entry(long At, Lazy<Task<TValue>> Value);
}
