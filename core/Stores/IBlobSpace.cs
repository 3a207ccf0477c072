namespace Trainyard.Core.Stores;

/// <summary>Whether there is room for more blobs.</summary>
public interface IBlobSpace
{
    BlobSpace Read();
}

/// <summary>The free space, and the part that is reserved for the service's own records.</summary>
public sealed record BlobSpace(long FreeBytes, long ReservedBytes)
{
    public bool HasRoom => FreeBytes >= ReservedBytes;

    /// <summary>Whether less than twice the reserve is free, so that something has to go before new runs are refused.</summary>
    public bool IsShort => FreeBytes / 2 < ReservedBytes;
}

/// <summary>The space of a cloud store, which has no limit.</summary>
public sealed class UnlimitedBlobSpace : IBlobSpace
{
    public BlobSpace Read() => new(long.MaxValue, 0);
}

/// <summary>There is no room for this blob. The message is for whoever sent it.</summary>
public sealed class InsufficientStorageException(string message, Exception? inner = null) : IOException(message, inner)
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int NoSpaceOfWindows = unchecked((int)0x80070070);

    public InsufficientStorageException(Exception? inner = null)
        : this(
            "The service's disk is full. Nothing new is taken until an operator frees some of it; what was accepted goes on.",
            inner
        ) { }

    /// <summary>Whether an exception means that a disk, or a quota on it, is full.</summary>
    public static bool IsMeantBy(Exception e) =>
        e is InsufficientStorageException
        || (e is IOException && e.HResult is NoSpace or QuotaExceeded or NoSpaceOfWindows);
}
