using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Clients that wait for an instance to start or to end.</summary>
internal sealed class StatusWaiters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Waiter>> _waiters = [];

    /// <summary>
    /// Waits for a reported status that satisfies the condition. Register first, then look at the store.
    /// </summary>
    public Waiter Register(string id, Predicate<OrchestrationRuntimeStatus> condition)
    {
        var waiter = new Waiter(this, id, condition);
        lock (_gate)
        {
            if (!_waiters.TryGetValue(id, out var list))
            {
                _waiters.Add(id, list = []);
            }

            list.Add(waiter);
        }

        return waiter;
    }

    public void Tell(string id, OrchestrationRuntimeStatus status)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue(id, out var list))
            {
                list.ForEach(waiter => waiter.Tell(status));
            }
        }
    }

    public void FailAll(Exception exception)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiters.Values.SelectMany(list => list))
            {
                waiter.Fail(exception);
            }
        }
    }

    private void Remove(string id, Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue(id, out var list) && list.Remove(waiter) && list.Count == 0)
            {
                _waiters.Remove(id);
            }
        }
    }

    internal sealed class Waiter(StatusWaiters owner, string id, Predicate<OrchestrationRuntimeStatus> condition)
        : IDisposable
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => _told.Task;

        public void Tell(OrchestrationRuntimeStatus status)
        {
            if (condition(status))
            {
                _told.TrySetResult();
            }
        }

        public void Fail(Exception exception) => _told.TrySetException(exception);

        public void Dispose() => owner.Remove(id, this);
    }
}
