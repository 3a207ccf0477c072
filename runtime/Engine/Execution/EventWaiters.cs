using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The waiters by event name, and the events without a waiter. The newest waiter is served first.</summary>
internal sealed class EventWaiters(DataConverter converter)
{
    private readonly Dictionary<string, Stack<IWaiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> _buffered = [];

    private interface IWaiter
    {
        Type EventType { get; }

        bool IsWaiting { get; }

        void Receive(string? payload, DataConverter converter);
    }

    public IReadOnlyList<EventRaised> Buffered => _buffered;

    public bool Any => _waiters.Values.Any(stack => stack.Any(waiter => waiter.IsWaiting));

    /// <exception cref="ArgumentException">Another waiter expects a different type from this event.</exception>
    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        var stack = _waiters.TryGetValue(name, out var known) ? known : _waiters[name] = new Stack<IWaiter>();
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
        if (_waiters.TryGetValue(raised.Name, out var stack))
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

        _buffered.Add(raised);
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
            _waiters.Remove(name);
        }
    }

    private EventRaised? TakeBuffered(string name)
    {
        var index = _buffered.FindIndex(raised => raised.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            return null;
        }

        var raised = _buffered[index];
        _buffered.RemoveAt(index);
        return raised;
    }

    private sealed class Waiter<T> : IWaiter
    {
        private readonly TaskCompletionSource<T> _source = new();

        public Task<T> Task => _source.Task;

        public Type EventType => typeof(T);

        public bool IsWaiting => !_source.Task.IsCompleted;

        public void Cancel(CancellationToken cancellation) => _source.TrySetCanceled(cancellation);

        public void Receive(string? payload, DataConverter converter)
        {
            try
            {
                _source.TrySetResult(converter.Deserialize<T>(payload)!);
            }
            catch (Exception exception)
            {
                // The waiting orchestrator gets the exception when the payload has the wrong shape.
                _source.TrySetException(exception);
            }
        }
    }
}
