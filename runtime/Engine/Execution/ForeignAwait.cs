namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The error message for developers whose orchestrator leaves its thread.</summary>
internal static class ForeignAwait
{
    public const string Message =
        "The orchestrator awaited something that is not a durable task (such as Task.Delay, Task.Run, I/O, or a task with "
        + "ConfigureAwait(false)). Await only tasks made by TaskOrchestrationContext; do everything else in an activity.";

    public const string CallMessage =
        "TaskOrchestrationContext was used from outside the orchestrator's own thread. " + Message;
}

/// <summary>The orchestrator awaited something that is not a durable task.</summary>
internal sealed class ForeignAwaitException() : InvalidOperationException(ForeignAwait.Message);
