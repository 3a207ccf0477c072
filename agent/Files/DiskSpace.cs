namespace Trainyard.Agent.Files;

/// <summary>How much room a disk has.</summary>
internal static class DiskSpace
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int NoSpaceOfWindows = unchecked((int)0x80070070);

    /// <summary>What a person would call full is 5 % of the disk, or this much of a large one.</summary>
    private const long LargestReserve = 1L << 30;

    public static long FreeAt(string path) => new DriveInfo(path).AvailableFreeSpace;

    public static long UsedAt(string path)
    {
        var disk = new DriveInfo(path);
        return disk.TotalSize - disk.TotalFreeSpace;
    }

    /// <summary>The free space that is left alone where nobody says otherwise.</summary>
    public static long DefaultReserveAt(string path) => Math.Min(new DriveInfo(path).TotalSize / 20, LargestReserve);

    /// <summary>Whether something failed for lack of room.</summary>
    public static bool IsLacking(Exception e) =>
        e is IOException && e.HResult is NoSpace or QuotaExceeded or NoSpaceOfWindows;
}
