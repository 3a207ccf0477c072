using Microsoft.Extensions.Logging;
using Trainyard.Core.Stores;
using Trainyard.Storage;

namespace Trainyard.Backends.Blobs;

/// <summary>
/// Reserves a part of the disk for records: the service can run without room for blobs, but not without room for
/// records.
/// </summary>
internal sealed partial class DiskReserve : IBlobSpace
{
    private const long LargestDefault = 1L << 30;

    private readonly string _folder;
    private readonly long _reserve;
    private readonly ILogger _logger;
    private bool _isFull;

    public DiskReserve(string folder, BlobOptions options, ILogger<DiskReserve> logger)
    {
        _folder = folder;
        _logger = logger;
        DurableFiles.CreatePrivateFolder(folder);
        _reserve = options.MinFreeBytes ?? Math.Min(new DriveInfo(folder).TotalSize / 20, LargestDefault);
    }

    public BlobSpace Read()
    {
        var space = new BlobSpace(new DriveInfo(_folder).AvailableFreeSpace, _reserve);
        Tell(space);
        return space;
    }

    /// <summary>Checks the free space, before and during writes of large contents.</summary>
    /// <exception cref="InsufficientStorageException">There is no room for them.</exception>
    public void EnsureRoom()
    {
        if (!Read().HasRoom)
        {
            throw new InsufficientStorageException();
        }
    }

    /// <summary>Checks the free space before a log grows: logs may use the first half of the reserve.</summary>
    /// <exception cref="InsufficientStorageException">There is no room for it.</exception>
    public void EnsureRoomForLog()
    {
        if (Read().FreeBytes < _reserve / 2)
        {
            throw new InsufficientStorageException();
        }
    }

    private void Tell(BlobSpace space)
    {
        if (space.HasRoom == !_isFull)
        {
            return;
        }
        _isFull = !space.HasRoom;
        if (_isFull)
        {
            LogFull(_folder, space.FreeBytes, _reserve);
        }
        else
        {
            LogRoomAgain(space.FreeBytes);
        }
    }

    [LoggerMessage(
        1101,
        LogLevel.Critical,
        "The disk of {Folder} has {FreeBytes} bytes free, less than the reserve of {Reserve}: no run is accepted and no result taken until some of it is freed. Delete what is not the service's, shorten Retention__Period, or lower Blobs__MinFreeBytes."
    )]
    private partial void LogFull(string folder, long freeBytes, long reserve);

    [LoggerMessage(1102, LogLevel.Information, "There is room again: {FreeBytes} bytes are free.")]
    private partial void LogRoomAgain(long freeBytes);
}
