namespace Trainyard.Runtime.Engine;

/// <summary>
/// The engine's storage cannot be used: in use by another process, written by a newer version, damaged, or full.
/// A change that failed with this exception was not stored.
/// </summary>
public sealed class DurableStorageException : Exception
{
    public DurableStorageException(string message)
        : base(message) { }

    public DurableStorageException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Whether a retry is pointless.</summary>
    public bool IsFinal { get; init; } = true;

    /// <summary>Whether the disk was full. The change can be stored once there is room.</summary>
    public bool IsFull { get; init; }
}
