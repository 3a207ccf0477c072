namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Receives reports on the state of the storage. Called on the writer's thread.</summary>
internal interface IStorageReports
{
    /// <summary>The storage takes no writes for now; the writer tries again after the pause.</summary>
    void OnStorageTrouble(DurableStorageException trouble, TimeSpan pause);

    void OnStorageRecovered();

    /// <summary>The storage takes no writes any more.</summary>
    void OnStorageLost(DurableStorageException trouble);
}
