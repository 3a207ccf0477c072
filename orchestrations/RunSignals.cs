using Microsoft.DurableTask;

namespace Trainyard.Orchestrations;

/// <summary>
/// The external events of a run, each awaited by exactly one waiter at a time: an abandoned waiter would swallow the
/// event that a later attempt needs.
/// </summary>
internal sealed class RunSignals(TaskOrchestrationContext context)
{
    public Signal<RunLeased> Leased { get; } = new(context);

    public Signal<RunStarted> Started { get; } = new(context);

    public Signal<RunFinished> Finished { get; } = new(context);

    public Signal<NodeLost> Lost { get; } = new(context);

    public Signal<CancelRequested> Cancel { get; } = new(context);
}

/// <summary>One kind of external event.</summary>
internal sealed class Signal<T>(TaskOrchestrationContext context)
    where T : IRunEvent
{
    /// <summary>The next event that was not taken yet.</summary>
    public Task<T> Next { get; private set; } = context.WaitForExternalEvent<T>(T.Name);

    /// <summary>Takes an event that has arrived, and waits for the one after it.</summary>
    public T Take()
    {
        var taken = Next.Result;
        Next = context.WaitForExternalEvent<T>(T.Name);
        return taken;
    }
}
