namespace Trainyard.Runtime.Engine.Execution;

/// <summary>
/// Keeps an orchestrator's continuations on the thread of its step, in order. A continuation that comes from
/// elsewhere belongs to a task that is not durable, and is reported instead of run.
/// </summary>
internal sealed class TurnSynchronizationContext(Action onForeign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _continuations = [];
    private SynchronizationContext? _outer;
    private volatile int _ownerThread;

    public bool IsOnTurn => _ownerThread == Environment.CurrentManagedThreadId;

    public void Enter()
    {
        _outer = Current;
        _ownerThread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
    }

    public void Exit()
    {
        _ownerThread = 0;
        SetSynchronizationContext(_outer);
    }

    public void RunContinuations()
    {
        while (_continuations.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsOnTurn)
        {
            _continuations.Enqueue((d, state));
        }
        else
        {
            onForeign();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsOnTurn)
        {
            d(state);
        }
        else
        {
            onForeign();
        }
    }

    public override SynchronizationContext CreateCopy() => this;
}
