using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>
/// Stores an input for an instance, if an instance with that id exists and its status accepts the input.
/// </summary>
internal sealed class SendInput(
    InstanceDirectory instances,
    string id,
    Input input,
    Predicate<OrchestrationRuntimeStatus> takes
) : StoreOperation
{
    private readonly TaskCompletionSource<SendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SendResult _result = new(SendOutcome.NotFound, default);
    private (long Seq, Input Input)? _delivery;

    public Task<SendResult> Done => _done.Task;

    public override void Apply(StoreSession session)
    {
        _delivery = null;
        if (session.Find(id) is not { } target)
        {
            _result = new SendResult(SendOutcome.NotFound, default);
            return;
        }

        if (!takes(target.Status))
        {
            _result = new SendResult(SendOutcome.Refused, target.Status);
            return;
        }

        _result = new SendResult(SendOutcome.Kept, target.Status);
        _delivery = (target.Seq, session.AddToInbox(target.Seq, input));
    }

    public override void Committed()
    {
        if (_delivery is { } made)
        {
            instances.Deliver(made.Seq, made.Input);
        }

        _done.TrySetResult(_result);
    }

    public override void Failed(Exception exception) => _done.TrySetException(exception);
}

internal enum SendOutcome
{
    Kept,
    NotFound,
    Refused,
}

internal sealed record SendResult(SendOutcome Outcome, OrchestrationRuntimeStatus Status);
