using System.Runtime.InteropServices;

namespace Trainyard.Agent.Files;

/// <summary>The disk space of files, some of which may have hard links elsewhere.</summary>
/// <param name="Bytes">All of it, as if there were no other links.</param>
/// <param name="Share">Each file's part by its links: the shares of all links together are what the disk holds.</param>
/// <param name="Sole">What the disk gets back when these files go.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskUse(long Bytes, long Share, long Sole)
{
    /// <summary>The space of a file with so many links.</summary>
    public DiskUse(long bytes, long links)
        : this(bytes, bytes / links, links == 1 ? bytes : 0) { }

    public static DiskUse operator +(DiskUse a, DiskUse b) =>
        new(a.Bytes + b.Bytes, a.Share + b.Share, a.Sole + b.Sole);
}
