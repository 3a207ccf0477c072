using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Handles the outcome of a step: the instance waits, starts over, or has ended.</summary>
internal sealed partial class Instance
{
    private InstanceState Standing(DateTime now, bool isSuspended)
    {
        var alive = Execution();
        return _state with
        {
            Status = StatusOf(isSuspended),
            UpdatedAt = now,
            Busy = alive.OpenActivityCount,
            NextDue = isSuspended ? null : alive.NextDue,
            CustomStatus = alive.CustomStatus,
        };
    }

    private void StartOver(DateTime now, List<Input> inputs, StartsOver next, bool isSuspended)
    {
        var begun = _state with
        {
            Status = StatusOf(isSuspended),
            UpdatedAt = now,
            Generation = _state.Generation + 1,
            Busy = 1,
            NextDue = null,
            CustomStatus = Execution().CustomStatus,
        };
        Commit(new StepResult(inputs, begun) { Actions = next.Actions, Next = next });
        _record = Record with { Input = next.Input, StartAt = null };
        _execution = null;
        lock (_gate)
        {
            _mailbox.Return(next.KeptEvents);
            _isWoken = true;
        }
    }

    private void EndTerminated(DateTime now, Terminated terminated)
    {
        var failure = new TaskFailureDetails("Terminated", terminated.Output ?? "Terminated.", null, null, null);
        var ending = new Ending
        {
            Output = terminated.Output,
            Answer = failure,
            EndsChildren = terminated.Recursive,
        };
        End(now, OrchestrationRuntimeStatus.Terminated, new StepResult([], _state) { End = ending });
    }

    private void End(DateTime now, List<Input> inputs, Turn? turn, TurnOutcome outcome)
    {
        var result = new StepResult(inputs, _state) { Turn = turn, Actions = outcome.Actions };
        if (outcome is Completes completes)
        {
            var ending = new Ending { Output = completes.Output };
            End(now, OrchestrationRuntimeStatus.Completed, result with { End = ending });
        }
        else if (outcome is Fails { Failure: var failure } fails)
        {
            var ending = new Ending
            {
                Failure = failure,
                Answer = failure,
                IsFinal = fails.IsFinal,
            };
            End(now, OrchestrationRuntimeStatus.Failed, result with { End = ending });
        }
    }

    private void End(DateTime now, OrchestrationRuntimeStatus status, StepResult result)
    {
        _hasEnded = true;
        var ended = _state with
        {
            Status = status,
            UpdatedAt = now,
            Busy = 0,
            NextDue = null,
            CustomStatus = _execution is null ? _state.CustomStatus : _execution.CustomStatus,
        };
        Commit(result with { State = ended });
    }

    private static OrchestrationRuntimeStatus StatusOf(bool isSuspended) =>
        isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running;
}
