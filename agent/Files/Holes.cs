using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Files;

/// <summary>The parts of a file that nobody wrote: they take no room on the disk.</summary>
internal static class Holes
{
    // Each takes two calls; a file of more is mostly written.
    private const int MostLooks = 100_000;

    /// <summary>How many bytes of a file are holes; 0 where the file system does not say.</summary>
    public static long In(SafeFileHandle file, long length)
    {
        long holes = 0;
        long at = 0;
        for (var looks = 0; looks < MostLooks && at < length; looks++)
        {
            var data = FileCalls.NextData(file, at) ?? length;
            holes += Math.Min(data, length) - at;
            at = FileCalls.NextHole(file, data) ?? length;
        }
        return holes;
    }
}
