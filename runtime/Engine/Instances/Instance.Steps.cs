using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

internal sealed partial class Instance
{
    private InstanceRecord Record => record ?? throw new InvalidOperationException("The instance is not activated.");

    private bool HasStarted => turns > 0;

    /// <returns>False when there is nothing to run: it was purged, or has ended.</returns>
    private bool TryActivate()
    {
        var (found, kept, count) = engine.Reader.Read(session =>
            (session.Instance(Seq), session.Inbox(Seq), session.TurnCount(Seq))
        );
        if (found is null || found.Value.State.HasEnded)
        {
            return false;
        }

        (record, state) = found.Value;
        turns = count;
        lock (gate)
        {
            mailbox.Merge(kept);
        }

        if (state.Busy > 0 && HasStarted)
        {
            // A replay that fails here has no activity to wait for: the step that follows ends the instance.
            var answered = kept.OfType<TaskAnswer>()
                .Where(answer => answer.Generation == state.Generation)
                .Select(answer => answer.TaskId)
                .ToHashSet();
            var open = Execution().OpenActivities.Where(activity => !answered.Contains(activity.TaskId));
            engine.Dispatch(this, record, state.Generation, open);
        }

        return true;
    }

    private void TakeStep(DateTime now)
    {
        if (hasEnded)
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

        if (inputs.OfType<Misbehaved>().Any(input => input.Execution == latestExecution))
        {
            var failure = TaskFailureDetails.FromException(new ForeignAwaitException());
            End(now, inputs, null, new Fails([], failure));
            return;
        }

        var isDue = (!HasStarted && !(state.NextDue > now)) || execution is { Fault: not null };
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
            Commit(new StepResult(inputs, state));
        }
    }

    private (List<Input> Inputs, bool IsSuspended) TakeInputs(DateTime now)
    {
        var waitsForStart = !HasStarted && state.NextDue > now;
        var isTimerDue = HasStarted && !IsSuspended && state.NextDue <= now;
        var alive = isTimerDue ? Execution() : execution;
        lock (gate)
        {
            isWoken = false;
            if (waitsForStart)
            {
                return (mailbox.FindTerminated() is { } terminated ? [terminated] : [], IsSuspended);
            }

            var (taken, isSuspended) = mailbox.Take(IsSuspended);
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

        if (engine.Options.ReplayEveryStep)
        {
            execution = null;
        }
    }

    private void Commit(StepResult result)
    {
        var step = new CommitStep(engine, this, Record, result)
        {
            StatusChanged = result.State.Status != state.Status,
            TurnIndex = turns,
            Generation = state.Generation,
        };
        turns = result.Next is not null ? 0 : turns + (result.Turn is null ? 0 : 1);
        state = result.State;
        lock (gate)
        {
            uncommitted++;
        }

        engine.Writer.Add(step);
    }

    private OrchestratorExecution Execution()
    {
        if (execution is null)
        {
            execution = new OrchestratorExecution(Record, state.Generation, engine.Services, OnForeign);
            latestExecution = execution;
            if (HasStarted)
            {
                engine.Reader.Read(session => session.Turns(Seq)).ForEach(execution.Replay);
            }
        }

        return execution;
    }

    private void OnForeign(OrchestratorExecution culprit) => Post(new Misbehaved(culprit));
}
