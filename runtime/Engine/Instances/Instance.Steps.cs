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
            engine.Dispatch(this, record, state.Generation, Execution().OpenActivities);
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

        var isDue = !HasStarted && !(state.NextDue > now);
        var events = inputs.FindAll(input => !input.IsControl);
        if (isDue || events.Count > 0)
        {
            RunOrchestrator(now, inputs, events, isSuspended);
        }
        else if (isSuspended != wasSuspended)
        {
            Commit(inputs, null, [], Standing(now, isSuspended));
        }
        else if (inputs.Count > 0)
        {
            Commit(inputs, null, [], state);
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
                Commit(inputs, turn, outcome.Actions, Standing(now, isSuspended));
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

    /// <summary>The state of an orchestration that goes on.</summary>
    private InstanceState Standing(DateTime now, bool isSuspended)
    {
        var alive = HasStarted || execution is not null ? Execution() : null;
        return state with
        {
            Status = isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running,
            UpdatedAt = now,
            Busy = alive?.OpenActivityCount ?? state.Busy,
            NextDue = isSuspended ? null : alive?.NextDue,
            CustomStatus = alive is null ? state.CustomStatus : alive.CustomStatus,
        };
    }

    private void StartOver(DateTime now, List<Input> inputs, StartsOver next, bool isSuspended)
    {
        var status = isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running;
        var generation = state.Generation;
        var begun = state with
        {
            Status = status,
            UpdatedAt = now,
            Generation = generation + 1,
            Busy = 1,
            NextDue = null,
            CustomStatus = Execution().CustomStatus,
        };
        record = Record with { Input = next.Input, StartAt = null };
        execution = null;
        turns = 0;
        Commit(inputs, null, next.Actions, begun, generation, next: next);
        lock (gate)
        {
            mailbox.Return(next.KeptEvents);
            isWoken = true;
        }
    }

    private void EndTerminated(DateTime now, Terminated terminated)
    {
        var failure = new TaskFailureDetails("Terminated", terminated.Output ?? "Terminated.", null, null, null);
        var ended = Ended(now, OrchestrationRuntimeStatus.Terminated, state.CustomStatus);
        hasEnded = true;
        Commit([], null, [], ended, end: new Ending(terminated.Output, null, failure, terminated.Recursive));
    }

    private void End(DateTime now, List<Input> inputs, Turn? turn, TurnOutcome outcome)
    {
        var custom = execution is null ? state.CustomStatus : execution.CustomStatus;
        hasEnded = true;
        if (outcome is Completes completes)
        {
            var ended = Ended(now, OrchestrationRuntimeStatus.Completed, custom);
            Commit(inputs, turn, outcome.Actions, ended, end: new Ending(completes.Output, null, null, false));
        }
        else if (outcome is Fails fails)
        {
            var ended = Ended(now, OrchestrationRuntimeStatus.Failed, custom);
            var end = new Ending(null, fails.Failure, fails.Failure, false, fails.IsFinal);
            Commit(inputs, turn, outcome.Actions, ended, end: end);
        }
    }

    private InstanceState Ended(DateTime now, OrchestrationRuntimeStatus status, string? customStatus) =>
        state with
        {
            Status = status,
            UpdatedAt = now,
            Busy = 0,
            NextDue = null,
            CustomStatus = customStatus,
        };

    private void Commit(
        List<Input> inputs,
        Turn? turn,
        IReadOnlyList<OrchestratorAction> actions,
        InstanceState next1,
        int? generation = null,
        StartsOver? next = null,
        Ending? end = null
    )
    {
        var step = new CommitStep(engine, this, Record)
        {
            State = next1,
            StatusChanged = next1.Status != state.Status,
            Consumed = [.. inputs.Where(input => input.InboxId != 0).Select(input => input.InboxId)],
            Turn = turn is null ? null : HistoryCodec.Encode(turn),
            TurnIndex = turns,
            Actions = actions,
            Generation = generation ?? next1.Generation,
            Next = next,
            End = end,
        };
        turns += turn is null ? 0 : 1;
        state = next1;
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
