using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

internal sealed partial class Instance
{
    private InstanceRecord Record => _record ?? throw new InvalidOperationException("The instance is not activated.");

    private bool HasStarted => _turns > 0;

    /// <returns>False when there is nothing to run: it was purged, or has ended.</returns>
    private bool TryActivate()
    {
        var (found, kept, count) = _engine.Reader.Read(session =>
            (session.Instance(Seq), session.Inbox(Seq), session.TurnCount(Seq))
        );
        if (found is null || found.Value.State.HasEnded)
        {
            return false;
        }

        (_record, _state) = found.Value;
        _turns = count;
        lock (_gate)
        {
            _mailbox.Merge(kept);
        }

        if (_state.Busy > 0 && HasStarted)
        {
            // A replay that fails here has no activity to wait for: the step that follows ends the instance.
            var answered = kept.OfType<TaskAnswer>()
                .Where(answer => answer.Generation == _state.Generation)
                .Select(answer => answer.TaskId)
                .ToHashSet();
            var open = Execution().OpenActivities.Where(activity => !answered.Contains(activity.TaskId));
            _engine.Dispatch(this, _record, _state.Generation, open);
        }

        return true;
    }

    private void TakeStep(DateTime now)
    {
        if (_hasEnded)
        {
            return;
        }

        var wasSuspended = IsSuspended;
        var (inputs, isSuspended) = TakeInputs(now);
        if (inputs.OfType<Terminated>().FirstOrDefault() is { } terminated)
        {
            EndTerminated(now, terminated);
            return;
        }

        if (inputs.OfType<Misbehaved>().Any(input => input.Execution == _latestExecution))
        {
            var failure = TaskFailureDetails.FromException(new ForeignAwaitException());
            End(now, inputs, null, new Fails([], failure));
            return;
        }

        var isDue = (!HasStarted && !(_state.NextDue > now)) || _execution is { Fault: not null };
        var events = inputs.FindAll(input => !input.IsControl);
        if (isDue || events.Count > 0)
        {
            RunOrchestrator(now, inputs, events, isSuspended);
        }
        else if (isSuspended != wasSuspended)
        {
            Commit(new StepResult(inputs, Standing(now, isSuspended)));
        }
        else if (inputs.Count > 0)
        {
            Commit(new StepResult(inputs, _state));
        }
    }

    private (List<Input> Inputs, bool IsSuspended) TakeInputs(DateTime now)
    {
        var waitsForStart = !HasStarted && _state.NextDue > now;
        var isTimerDue = HasStarted && !IsSuspended && _state.NextDue <= now;
        var alive = isTimerDue ? Execution() : _execution;
        lock (_gate)
        {
            _isWoken = false;
            if (waitsForStart)
            {
                return (_mailbox.FindTerminated() is { } terminated ? [terminated] : [], IsSuspended);
            }

            var (taken, isSuspended) = _mailbox.Take(IsSuspended);
            if (!isSuspended && alive is not null)
            {
                taken.AddRange(alive.TakeDueTimers(now));
            }

            return (taken, isSuspended);
        }
    }

    private void RunOrchestrator(DateTime now, List<Input> inputs, List<Input> events, bool isSuspended)
    {
        var outcome = Execution().Run(now, events);
        var turn = new Turn(now, events, outcome.Actions);
        switch (outcome)
        {
            case Waits:
                Commit(new StepResult(inputs, Standing(now, isSuspended)) { Turn = turn, Actions = outcome.Actions });
                break;
            case StartsOver next:
                StartOver(now, inputs, next, isSuspended);
                break;
            default:
                End(now, inputs, turn, outcome);
                break;
        }

        if (_engine.Options.ReplayEveryStep)
        {
            _execution = null;
        }
    }

    private void Commit(StepResult result)
    {
        var step = new CommitStep(_engine, this, Record, result)
        {
            StatusChanged = result.State.Status != _state.Status,
            TurnIndex = _turns,
            Generation = _state.Generation,
        };
        _turns = result.Next is not null ? 0 : _turns + (result.Turn is null ? 0 : 1);
        _state = result.State;
        lock (_gate)
        {
            _uncommitted++;
        }

        _engine.Writer.Add(step);
    }

    private OrchestratorExecution Execution()
    {
        if (_execution is null)
        {
            _execution = new OrchestratorExecution(Record, _state.Generation, _engine.Services, OnForeign);
            _latestExecution = _execution;
            if (HasStarted)
            {
                _engine.Reader.Read(session => session.Turns(Seq)).ForEach(_execution.Replay);
            }
        }

        return _execution;
    }

    private void OnForeign(OrchestratorExecution culprit) => Post(new Misbehaved(culprit));
}
