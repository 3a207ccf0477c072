namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Is told of every committed transaction before any effect of it is seen. A service that tests register.</summary>
internal interface ICommitObserver
{
    /// <summary>Operations that one transaction may hold; 1 makes every step a transaction of its own.</summary>
    int MaxBatch { get; }

    void Committed();
}
