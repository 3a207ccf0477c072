using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Works items off on the thread pool, in order of arrival, at most so many at once.</summary>
/// <param name="onFailure">What an item throws that should have told it itself; the queue goes on.</param>
/// <param name="finishesReady">Whether a stop lets the items that are already there be worked off too.</param>
internal sealed class LimitedQueue<T>(
    int maxConcurrent,
    Func<T, Task> run,
    Action<Exception> onFailure,
    bool finishesReady = false
)
{
    private readonly ConcurrentQueue<Waiter> _ready = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _workers;
    private volatile bool _isStopping;
    private volatile bool _isOver;

    public void Add(T item)
    {
        _ready.Enqueue(new Waiter(item, Stopwatch.GetTimestamp()));
        StartWorker();
    }

    /// <summary>How many have not begun.</summary>
    public int Waiting => _ready.Count;

    /// <summary>How many are being worked off.</summary>
    public int Running => Math.Clamp(Volatile.Read(ref _workers), 0, maxConcurrent);

    /// <summary>Since when the first of those that have not begun waits.</summary>
    public TimeSpan OldestWait => _ready.TryPeek(out var first) ? Stopwatch.GetElapsedTime(first.Since) : TimeSpan.Zero;

    private bool TakesMore => (!_isStopping || (finishesReady && !_isOver)) && !_ready.IsEmpty;

    /// <summary>Waits for the items begun, and for those ready where they are finished, as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        _isStopping = true;
        if (Volatile.Read(ref _workers) > 0 || TakesMore)
        {
            await _drained.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _isOver = true;
    }

    private void StartWorker()
    {
        while (TakesMore)
        {
            if (Interlocked.Increment(ref _workers) <= maxConcurrent)
            {
                ThreadPool.UnsafeQueueUserWorkItem(queue => _ = queue.WorkAsync(), this, preferLocal: false);
                return;
            }

            if (Interlocked.Decrement(ref _workers) >= maxConcurrent)
            {
                // All are at work, and each looks at the queue again before it leaves.
                return;
            }
        }
    }

    private async Task WorkAsync()
    {
        while (TakesMore && _ready.TryDequeue(out var next))
        {
            try
            {
                await run(next.Item);
            }
            catch (Exception exception)
            {
                onFailure(exception);
            }
        }

        if (Interlocked.Decrement(ref _workers) == 0 && _isStopping && !TakesMore)
        {
            _drained.TrySetResult();
        }

        StartWorker();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Waiter(T Item, long Since);
}
