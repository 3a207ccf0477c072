using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>How an orchestration ended.</summary>
/// <param name="Failure">What clients see of a failed one.</param>
/// <param name="Answer">What a parent is told when the sub-orchestration did not complete.</param>
internal sealed record Ending(
    string? Output,
    TaskFailureDetails? Failure,
    TaskFailureDetails? Answer,
    bool EndsChildren,
    bool IsFinal = false
);

/// <summary>
/// Keeps one step whole: what it consumed, its turn, the new state, the events and children it sent out, and at the
/// end the answer to its parent.
/// </summary>
internal sealed class CommitStep(DurableEngine engine, Instance instance, InstanceRecord record) : StoreOperation
{
    private readonly List<(long Seq, Input Input)> deliveries = [];
    private readonly List<InstanceRecord> children = [];

    public required InstanceState State { get; init; }

    public required bool StatusChanged { get; init; }

    public required long[] Consumed { get; init; }

    public required byte[]? Turn { get; init; }

    public required int TurnIndex { get; init; }

    public required IReadOnlyList<OrchestratorAction> Actions { get; init; }

    /// <summary>The generation that asked for the actions.</summary>
    public required int Generation { get; init; }

    public StartsOver? Next { get; init; }

    public Ending? End { get; init; }

    public override void Apply(StoreSession session)
    {
        Array.ForEach(Consumed, session.RemoveFromInbox);
        if (Turn is not null)
        {
            session.AppendTurn(record.Seq, TurnIndex, Turn);
        }

        session.Update(record.Seq, State, StatusChanged);
        SendOut(session);
        if (Next is not null)
        {
            BeginGeneration(session, Next);
        }

        if (End is not null)
        {
            Finish(session, End);
        }
    }

    public override void Committed()
    {
        instance.OnCommitted(State);
        engine.Dispatch(instance, record, Generation, Actions.OfType<ActivityScheduled>());
        children.ForEach(engine.Instances.Begin);
        deliveries.ForEach(delivery => engine.Instances.Deliver(delivery.Seq, delivery.Input));
        if (StatusChanged)
        {
            engine.Waiters.Tell(record.Id, State.Status);
        }
    }

    public override void Failed(Exception exception)
    {
        // The writer has ended the engine; the step is taken again after the restart.
    }

    private void SendOut(StoreSession session)
    {
        foreach (var action in Actions)
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
            CreatedAt = State.UpdatedAt,
            Parent = new ParentLink(record.Seq, Generation, child.TaskId, record.Id, record.Name),
            Tags = child.Tags,
            Input = child.Payload,
        };
        session.Insert(started);
        children.Add(started);
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
        deliveries.Add((seq, session.AddToInbox(seq, input)));
}
