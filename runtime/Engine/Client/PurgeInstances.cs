using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>Erases instances that have ended, with their children if asked; counts what it erased.</summary>
/// <param name="which">The instances, by sequence number; those that have not ended are left alone.</param>
internal sealed class PurgeInstances(Func<StoreSession, IEnumerable<long>> which, bool recursive) : StoreOperation
{
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Task<int> Done => _done.Task;

    public override void Apply(StoreSession session)
    {
        _count = 0;
        foreach (var seq in which(session).Where(session.HasEnded))
        {
            Erase(session, seq);
        }
    }

    public override void Committed() => _done.TrySetResult(_count);

    public override void Failed(Exception exception) => _done.TrySetException(exception);

    private void Erase(StoreSession session, long seq)
    {
        if (recursive)
        {
            session.EndedChildrenOf(seq).ForEach(child => Erase(session, child));
        }

        session.Erase(seq);
        _count++;
    }
}
