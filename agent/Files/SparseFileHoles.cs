using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Files;

/// <summary>Measures the holes of a sparse file: parts that were never written and take no disk space.</summary>
internal static class SparseFileHoles
{
    // Each hole takes two calls; a file with more holes is mostly written.
    private const int MostLooks = 100_000;

    /// <summary>The number of bytes in holes; 0 where the file system does not tell.</summary>
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
