namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Is told how the storage fares. Called on the writer's thread.</summary>
internal interface IStorageReports
{
    /// <summary>Nothing can be kept for now; it is tried again after the pause.</summary>
    void OnStorageTrouble(DurableStorageException trouble, TimeSpan pause);

    void OnStorageRecovered();

    /// <summary>Nothing can be kept any more.</summary>
    void OnStorageLost(DurableStorageException trouble);
}
