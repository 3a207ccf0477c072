namespace Trainyard.Runtime.Engine.Storage;

/// <summary>One change that is kept whole or not at all. The writer commits operations in the order they were given.</summary>
internal abstract class StoreOperation
{
    /// <summary>Whether a caller waits, who can be told that the storage is full; all else waits until there is room.</summary>
    public virtual bool HasCaller => true;

    /// <summary>
    /// Makes the change; within a transaction that may hold other operations too. It is made again from the beginning where
    /// that transaction was undone.
    /// </summary>
    public abstract void Apply(StoreSession session);

    /// <summary>The change is on the disk: its effects may be seen now. Runs on the writer's thread, so it must be brief.</summary>
    public abstract void Committed();

    /// <summary>
    /// The change was not kept: for a <see cref="DurableStorageException"/> because of the storage, else because of itself.
    /// </summary>
    public abstract void Failed(Exception exception);
}
