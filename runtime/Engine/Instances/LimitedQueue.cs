using System.Collections.Concurrent;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Works items off on the thread pool, in order of arrival, at most so many at once.</summary>
/// <param name="run">Must not throw.</param>
internal sealed class LimitedQueue<T>(int maxConcurrent, Func<T, Task> run)
{
    private readonly ConcurrentQueue<T> ready = [];
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int workers;
    private volatile bool isStopping;

    public void Add(T item)
    {
        ready.Enqueue(item);
        StartWorker();
    }

    /// <summary>Begins no more items, and waits for those begun as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        isStopping = true;
        if (Volatile.Read(ref workers) > 0)
        {
            await drained.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void StartWorker()
    {
        while (!isStopping && !ready.IsEmpty)
        {
            if (Interlocked.Increment(ref workers) <= maxConcurrent)
            {
                ThreadPool.UnsafeQueueUserWorkItem(queue => _ = queue.WorkAsync(), this, preferLocal: false);
                return;
            }

            if (Interlocked.Decrement(ref workers) >= maxConcurrent)
            {
                // All are at work, and each looks at the queue again before it leaves.
                return;
            }
        }
    }

    private async Task WorkAsync()
    {
        while (!isStopping && ready.TryDequeue(out var item))
        {
            await run(item);
        }

        if (Interlocked.Decrement(ref workers) == 0 && isStopping)
        {
            drained.TrySetResult();
        }

        StartWorker();
    }
}
