namespace Trainyard.Runtime.Engine.Execution;

/// <summary>
/// Keeps an orchestrator's continuations on the thread of its step, in order. A continuation that comes from
/// elsewhere belongs to a task that is not durable, and is reported instead of run.
/// </summary>
internal sealed class TurnSynchronizationContext(Action onForeign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> continuations = [];
    private SynchronizationContext? outer;
    private volatile int ownerThread;

    public bool IsOnTurn => ownerThread == Environment.CurrentManagedThreadId;

    public void Enter()
    {
        outer = Current;
        ownerThread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
    }

    public void Exit()
    {
        ownerThread = 0;
        SetSynchronizationContext(outer);
    }

    public void RunContinuations()
    {
        while (continuations.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsOnTurn)
        {
            continuations.Enqueue((d, state));
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
