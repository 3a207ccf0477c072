namespace Trainyard.Agent.Files;

/// <summary>Reads the free space of disks.</summary>
internal static class DiskSpace
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int NoSpaceOfWindows = unchecked((int)0x80070070);

    /// <summary>The reserve is 5 % of the disk, but at most this much on a large one.</summary>
    private const long LargestReserve = 1L << 30;

    public static long FreeAt(string path) => new DriveInfo(path).AvailableFreeSpace;

    public static long UsedAt(string path)
    {
        var disk = new DriveInfo(path);
        return disk.TotalSize - disk.TotalFreeSpace;
    }

    /// <summary>The default free space to keep.</summary>
    public static long DefaultReserveAt(string path) => Math.Min(new DriveInfo(path).TotalSize / 20, LargestReserve);

    /// <summary>Whether an exception was caused by a full disk.</summary>
    public static bool IsLacking(Exception e) =>
        e is IOException && e.HResult is NoSpace or QuotaExceeded or NoSpaceOfWindows;
}
