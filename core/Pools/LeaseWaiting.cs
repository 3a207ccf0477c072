using System.Collections.Concurrent;

namespace Trainyard.Core.Pools;

/// <summary>
/// The nodes that wait for a run: each looks, waits for a change, looks again. A change inside this process wakes them at
/// once; what another process changes they see when they look again.
/// </summary>
public sealed class LeaseWaiting(TimeProvider time, TimeSpan lookAgain)
{
    // A node asks once at a time, so an earlier question that still waits is one whose connection broke: it must not
    // take a run that nobody would hear of.
    private readonly ConcurrentDictionary<string, long> _latest = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _last;

    /// <summary>Wakes every node that waits.</summary>
    public void Wake() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    /// <summary>Wakes every node that waits, when what waits as well is due.</summary>
    public void WakeAfter(TimeSpan delay) =>
        _ = Task.Delay(delay, time)
            .ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>
    /// Looks until there is a lease, the time is over or the node asks anew. <paramref name="look"/> takes a run only while
    /// what it is given says yes.
    /// </summary>
    public async Task<Lease?> WaitAsync(
        string node,
        TimeSpan wait,
        Func<Func<bool>, Task<Lease?>> look,
        CancellationToken cancellationToken
    )
    {
        var question = _latest[node] = Interlocked.Increment(ref _last);
        bool IsLatest() => _latest.GetValueOrDefault(node) == question;
        var asked = time.GetTimestamp();
        while (true)
        {
            // Taken before the look, so that no change is missed.
            var next = Volatile.Read(ref _changed).Task;
            var lease = IsLatest() ? await look(IsLatest) : null;
            var left = wait - time.GetElapsedTime(asked);
            if (lease is not null || left <= TimeSpan.Zero || !IsLatest())
            {
                return lease;
            }
            await PauseAsync(next, left < lookAgain ? left : lookAgain, cancellationToken);
        }
    }

    private async Task PauseAsync(Task next, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(longest, time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
