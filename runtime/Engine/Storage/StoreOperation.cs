namespace Trainyard.Runtime.Engine.Storage;

/// <summary>One atomic change. The writer commits operations in the order of their arrival.</summary>
internal abstract class StoreOperation
{
    /// <summary>
    /// Whether a caller waits. A full storage fails such an operation; all others wait until there is room.
    /// </summary>
    public virtual bool HasCaller => true;

    /// <summary>
    /// Makes the change, in a transaction that may hold other operations too. Called again from the beginning after
    /// that transaction was rolled back.
    /// </summary>
    public abstract void Apply(StoreSession session);

    /// <summary>
    /// The change is on disk, so its effects may become visible. Runs on the writer's thread, so it must be brief.
    /// </summary>
    public abstract void Committed();

    /// <summary>
    /// The change was not stored. A <see cref="DurableStorageException"/> blames the storage, any other exception the
    /// operation itself.
    /// </summary>
    public abstract void Failed(Exception exception);
}
