using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>Who waits for which event, and which events nobody waits for yet. The newest waiter is served first.</summary>
internal sealed class EventWaiters(DataConverter converter)
{
    private readonly Dictionary<string, Stack<IWaiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> buffered = [];

    private interface IWaiter
    {
        Type EventType { get; }

        bool IsWaiting { get; }

        void Receive(string? payload, DataConverter converter);
    }

    public IReadOnlyList<EventRaised> Buffered => buffered;

    public bool Any => waiters.Values.Any(stack => stack.Any(waiter => waiter.IsWaiting));

    /// <exception cref="ArgumentException">Another waiter expects a different type from this event.</exception>
    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        var stack = waiters.TryGetValue(name, out var known) ? known : waiters[name] = new Stack<IWaiter>();
        DropGone(stack);
        if (stack.TryPeek(out var other) && other.EventType != typeof(T))
        {
            throw new ArgumentException(
                "Events with the same name must have the same type argument. "
                    + $"Expected {other.EventType.FullName} but was requested {typeof(T).FullName}.",
                nameof(name)
            );
        }

        var waiter = new Waiter<T>();
        stack.Push(waiter);
        cancellation.Register(() => waiter.Cancel(cancellation));
        if (waiter.IsWaiting && TakeBuffered(name) is { } early)
        {
            Deliver(early);
        }

        return waiter.Task;
    }

    public void Deliver(EventRaised raised)
    {
        if (waiters.TryGetValue(raised.Name, out var stack))
        {
            DropGone(stack);
            if (stack.TryPop(out var waiter))
            {
                RemoveIfEmpty(raised.Name, stack);
                waiter.Receive(raised.Payload, converter);
                return;
            }

            RemoveIfEmpty(raised.Name, stack);
        }

        buffered.Add(raised);
    }

    private static void DropGone(Stack<IWaiter> stack)
    {
        while (stack.TryPeek(out var waiter) && !waiter.IsWaiting)
        {
            stack.Pop();
        }
    }

    private void RemoveIfEmpty(string name, Stack<IWaiter> stack)
    {
        if (stack.Count == 0)
        {
            waiters.Remove(name);
        }
    }

    private EventRaised? TakeBuffered(string name)
    {
        var index = buffered.FindIndex(raised => raised.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            return null;
        }

        var raised = buffered[index];
        buffered.RemoveAt(index);
        return raised;
    }

    private sealed class Waiter<T> : IWaiter
    {
        private readonly TaskCompletionSource<T> source = new();

        public Task<T> Task => source.Task;

        public Type EventType => typeof(T);

        public bool IsWaiting => !source.Task.IsCompleted;

        public void Cancel(CancellationToken cancellation) => source.TrySetCanceled(cancellation);

        public void Receive(string? payload, DataConverter converter)
        {
            try
            {
                source.TrySetResult(converter.Deserialize<T>(payload)!);
            }
            catch (Exception exception)
            {
                // A payload of the wrong shape is the waiting orchestrator's business.
                source.TrySetException(exception);
            }
        }
    }
}
