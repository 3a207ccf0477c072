namespace Trainyard.Runtime.Engine;

/// <summary>
/// The engine's storage cannot be used: in use by another process, written by a newer version, damaged, or full.
/// Whatever failed with this exception was not kept.
/// </summary>
public sealed class DurableStorageException : Exception
{
    public DurableStorageException(string message)
        : base(message) { }

    public DurableStorageException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Whether trying again cannot help.</summary>
    public bool IsFinal { get; init; } = true;

    /// <summary>Whether there was no room; it can be kept when some is made.</summary>
    public bool IsFull { get; init; }
}
