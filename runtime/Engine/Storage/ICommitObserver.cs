namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// Observes every committed transaction before its effects become visible. Tests register this service.
/// </summary>
internal interface ICommitObserver
{
    /// <summary>Operations that one transaction may hold; 1 makes every step a transaction of its own.</summary>
    int MaxBatch { get; }

    void Committed();
}
