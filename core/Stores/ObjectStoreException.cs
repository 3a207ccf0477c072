namespace Trainyard.Core.Stores;

/// <summary>A failure of the user's object store. The message is one short line, whatever a store put into it.</summary>
public sealed class ObjectStoreException(ObjectStoreFailure failure, string message, Exception? inner = null)
    : IOException(StoreText.Clean(message, LongestMessage), inner)
{
    // Room for a sentence that contains a key of 1,024 bytes.
    private const int LongestMessage = 1500;

    /// <summary>What went wrong.</summary>
    public ObjectStoreFailure Failure { get; } = failure;

    /// <summary>The bucket's actual region, when the region was wrong and the store reported it.</summary>
    public string? Region { get; init; }

    /// <summary>Whether trying again later can help.</summary>
    public bool IsTransient => ObjectStoreReasons.IsTransient(Failure);
}
