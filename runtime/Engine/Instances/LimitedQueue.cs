using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Processes items on the thread pool, in order of arrival, with limited concurrency.</summary>
/// <param name="onFailure">Gets an exception that an item did not handle itself; the queue goes on.</param>
/// <param name="finishesReady">Whether a stop still processes the items already in the queue.</param>
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

    /// <summary>The number of items that have not begun.</summary>
    public int Waiting => _ready.Count;

    /// <summary>The number of items in progress.</summary>
    public int Running => Math.Clamp(Volatile.Read(ref _workers), 0, maxConcurrent);

    /// <summary>How long the oldest item that has not begun has waited.</summary>
    public TimeSpan OldestWait => _ready.TryPeek(out var first) ? Stopwatch.GetElapsedTime(first.Since) : TimeSpan.Zero;

    private bool TakesMore => (!_isStopping || (finishesReady && !_isOver)) && !_ready.IsEmpty;

    /// <summary>
    /// Waits for the items in progress, and with <c>finishesReady</c> for the queued ones, as long as the token
    /// allows.
    /// </summary>
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
                // All workers are busy, and each checks the queue again before it ends.
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
