using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// Keeps one step whole: what it consumed, its turn, the new state, the events and children it sent out, and at the
/// end the answer to its parent.
/// </summary>
internal sealed class CommitStep(DurableEngine engine, Instance instance, InstanceRecord record, StepResult result)
    : StoreOperation
{
    private readonly List<(long Seq, Input Input)> _deliveries = [];
    private readonly List<InstanceRecord> _children = [];

    /// <summary>Encoded where the step ran, so that the writer's thread need not.</summary>
    private readonly byte[]? _turn = result.Turn is null ? null : HistoryCodec.Encode(result.Turn);

    public required bool StatusChanged { get; init; }

    public required int TurnIndex { get; init; }

    /// <summary>The generation that asked for the actions.</summary>
    public required int Generation { get; init; }

    public override bool HasCaller => false;

    public override void Apply(StoreSession session)
    {
        if (instance.IsLost)
        {
            throw new LostInstanceException();
        }

        _deliveries.Clear();
        _children.Clear();
        foreach (var input in result.Inputs.Where(input => input.InboxId != 0))
        {
            session.RemoveFromInbox(input.InboxId);
        }

        if (_turn is not null)
        {
            session.AppendTurn(record.Seq, TurnIndex, _turn);
        }

        session.Update(record.Seq, result.State, StatusChanged);
        SendOut(session);
        if (result.Next is { } next)
        {
            BeginGeneration(session, next);
        }

        if (result.End is { } end)
        {
            Finish(session, end);
        }
    }

    public override void Committed()
    {
        instance.OnCommitted(result.State);
        engine.Dispatch(instance, record, Generation, result.Actions.OfType<ActivityScheduled>());
        _children.ForEach(engine.Instances.Begin);
        _deliveries.ForEach(delivery => engine.Instances.Deliver(delivery.Seq, delivery.Input));
        if (StatusChanged)
        {
            engine.Waiters.Tell(record.Id, result.State.Status);
        }
    }

    public override void Failed(Exception exception)
    {
        // Without storage the engine has ended, and the step runs again after the restart. A LostInstanceException
        // needs no report: the earlier step that failed was reported.
        if (exception is not (DurableStorageException or LostInstanceException))
        {
            engine.OnInstanceFailure(instance, exception);
        }
    }

    private void SendOut(StoreSession session)
    {
        foreach (var action in result.Actions)
        {
            if (action is EventSent sent && session.Find(sent.InstanceId) is { } target && !target.Status.HasEnded())
            {
                Deliver(session, target.Seq, new EventRaised(sent.Name, sent.Payload));
            }
            else if (action is ChildStarted child)
            {
                StartChild(session, child);
            }
        }
    }

    private void StartChild(StoreSession session, ChildStarted child)
    {
        if (session.Find(child.InstanceId) is { } existing)
        {
            if (!existing.Status.HasEnded())
            {
                var message = $"An orchestration with the id '{child.InstanceId}' already runs.";
                var failure = new TaskFailureDetails("OrchestrationAlreadyExists", message, null, null, null);
                Deliver(session, record.Seq, new TaskFailed(Generation, child.TaskId, failure, IsFinal: false));
                return;
            }

            session.Erase(existing.Seq);
        }

        var started = new InstanceRecord
        {
            Seq = session.NextSeq(),
            Id = child.InstanceId,
            Name = child.Name,
            Version = child.Version,
            CreatedAt = result.State.UpdatedAt,
            Parent = new ParentLink(record.Seq, Generation, child.TaskId, record.Id, record.Name),
            Tags = child.Tags,
            Input = child.Payload,
        };
        session.Insert(started);
        _children.Add(started);
    }

    private void BeginGeneration(StoreSession session, StartsOver next)
    {
        session.BeginGeneration(record.Seq, next.Input);
        foreach (var kept in next.KeptEvents)
        {
            session.ReturnToInbox(record.Seq, kept);
        }
    }

    private void Finish(StoreSession session, Ending end)
    {
        session.Finish(record.Seq, end.Output, end.Failure);
        if (end.EndsChildren)
        {
            session
                .RunningChildrenOf(record.Seq)
                .ForEach(child => Deliver(session, child, new Terminated(end.Output, Recursive: true)));
        }

        if (record.Parent is { } parent && session.IsRunning(parent.Seq))
        {
            Input answer = end.Answer is { } failure
                ? new TaskFailed(parent.Generation, parent.TaskId, failure, end.IsFinal)
                : new TaskCompleted(parent.Generation, parent.TaskId, end.Output);
            Deliver(session, parent.Seq, answer);
        }
    }

    private void Deliver(StoreSession session, long seq, Input input) =>
        _deliveries.Add((seq, session.AddToInbox(seq, input)));
}
