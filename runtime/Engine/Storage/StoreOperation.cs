namespace Trainyard.Runtime.Engine.Storage;

/// <summary>One change that is kept whole or not at all. The writer commits operations in the order they were given.</summary>
internal abstract class StoreOperation
{
    /// <summary>Makes the change; within a transaction that may hold other operations too.</summary>
    public abstract void Apply(StoreSession session);

    /// <summary>The change is on the disk: its effects may be seen now. Runs on the writer's thread, so it must be brief.</summary>
    public abstract void Committed();

    /// <summary>The change was not kept, and the writer takes no more.</summary>
    public abstract void Failed(Exception exception);
}
