using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Clients that wait for an instance to start or to end.</summary>
internal sealed class StatusWaiters
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Waiter>> waiters = [];

    /// <summary>Waits until a status is told that satisfies the condition. Register first, then look at the store.</summary>
    public Waiter Register(string id, Predicate<OrchestrationRuntimeStatus> condition)
    {
        var waiter = new Waiter(this, id, condition);
        lock (gate)
        {
            if (!waiters.TryGetValue(id, out var list))
            {
                waiters.Add(id, list = []);
            }

            list.Add(waiter);
        }

        return waiter;
    }

    public void Tell(string id, OrchestrationRuntimeStatus status)
    {
        lock (gate)
        {
            if (waiters.TryGetValue(id, out var list))
            {
                list.ForEach(waiter => waiter.Tell(status));
            }
        }
    }

    public void FailAll(Exception exception)
    {
        lock (gate)
        {
            foreach (var waiter in waiters.Values.SelectMany(list => list))
            {
                waiter.Fail(exception);
            }
        }
    }

    private void Remove(string id, Waiter waiter)
    {
        lock (gate)
        {
            if (waiters.TryGetValue(id, out var list) && list.Remove(waiter) && list.Count == 0)
            {
                waiters.Remove(id);
            }
        }
    }

    internal sealed class Waiter(StatusWaiters owner, string id, Predicate<OrchestrationRuntimeStatus> condition)
        : IDisposable
    {
        private readonly TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => told.Task;

        public void Tell(OrchestrationRuntimeStatus status)
        {
            if (condition(status))
            {
                told.TrySetResult();
            }
        }

        public void Fail(Exception exception) => told.TrySetException(exception);

        public void Dispose() => owner.Remove(id, this);
    }
}
