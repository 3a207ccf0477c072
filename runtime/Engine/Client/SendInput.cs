using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>Keeps an input for an instance; nothing happens when there is none running by that id.</summary>
internal sealed class SendInput(InstanceDirectory instances, string id, Input input) : StoreOperation
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long Seq, Input Input)? delivery;

    public Task Done => done.Task;

    public override void Apply(StoreSession session)
    {
        if (session.Find(id) is { } target && !target.Status.HasEnded())
        {
            delivery = (target.Seq, session.AddToInbox(target.Seq, input));
        }
    }

    public override void Committed()
    {
        if (delivery is { } made)
        {
            instances.Deliver(made.Seq, made.Input);
        }

        done.TrySetResult();
    }

    public override void Failed(Exception exception) => done.TrySetException(exception);
}
