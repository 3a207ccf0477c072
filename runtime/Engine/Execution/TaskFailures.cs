using DurableTask.Core;
using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The exceptions that an orchestrator gets for failed tasks, with the cause that the packages' worker gives them.</summary>
internal static class TaskFailures
{
    public static TaskFailedException ExceptionOf(OrchestratorAction action, TaskFailed failed)
    {
        var name = action is ActivityScheduled activity ? activity.Name : ((ChildStarted)action).Name;
        var cause = new CoreTaskFailedException(failed.Details.ErrorMessage)
        {
            ScheduleId = action.TaskId,
            Name = name,
            FailureDetails = ToCore(failed.Details, failed.IsFinal),
        };
        return new TaskFailedException(name, action.TaskId, cause);
    }

    /// <summary>Whether a retry is pointless, for example because the activity does not exist.</summary>
    public static bool IsFinal(TaskFailedException exception) =>
        exception.InnerException is CoreTaskFailedException { FailureDetails.IsNonRetriable: true };

    private static FailureDetails ToCore(TaskFailureDetails details, bool isFinal) =>
        new(
            details.ErrorType,
            details.ErrorMessage,
            details.StackTrace,
            details.InnerFailure is { } inner ? ToCore(inner, isFinal) : null,
            isFinal,
            details.Properties
        );
}
