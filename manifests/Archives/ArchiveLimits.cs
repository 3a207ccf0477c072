using System.ComponentModel.DataAnnotations;

namespace Trainyard.Manifests.Archives;

/// <summary>Bounds on a model archive. Settings section <c>Archives</c>.</summary>
public sealed class ArchiveLimits
{
    public const string SectionName = "Archives";

    public static ArchiveLimits Default { get; } = new();

    /// <summary>
    /// Every limit at its maximum: for an archive that was accepted under other limits and is identified by its
    /// checksum.
    /// </summary>
    public static ArchiveLimits Widest { get; } =
        new()
        {
            MaxArchiveBytes = 1L << 40,
            MaxEntries = 1_000_000,
            MaxEntryBytes = 1L << 40,
            MaxTotalBytes = 4L << 40,
            MaxRatio = 2_000,
            MaxVerifiedBytes = 1L << 40,
            MaxNameBytes = 4_096,
            MaxDepth = 255,
            MaxProblems = 1_000,
        };

    /// <summary>Bytes of the zip itself. Default 1 GiB.</summary>
    [Range(typeof(long), "1024", "1099511627776")]
    public long MaxArchiveBytes { get; set; } = 1L << 30;

    /// <summary>Files and folders. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxEntries { get; set; } = 20_000;

    /// <summary>Bytes of one unpacked file. Default 2 GiB.</summary>
    [Range(typeof(long), "1024", "1099511627776")]
    public long MaxEntryBytes { get; set; } = 2L << 30;

    /// <summary>Bytes of all unpacked files. Default 4 GiB.</summary>
    [Range(typeof(long), "1024", "4398046511104")]
    public long MaxTotalBytes { get; set; } = 4L << 30;

    /// <summary>
    /// Unpacked bytes for one packed byte, of files above 1 MiB. Default 1,100: deflate reaches 1,032 with equal
    /// rows or zeros, so that only false sizes are above it; what an archive may unpack to is bounded by the totals.
    /// </summary>
    [Range(2, 2_000)]
    public int MaxRatio { get; set; } = 1_100;

    /// <summary>
    /// Unpacked bytes whose checksums are verified when a run is submitted, in the archive's order; the rest is
    /// verified on the node. Default 256 MiB.
    /// </summary>
    [Range(typeof(long), "0", "1099511627776")]
    public long MaxVerifiedBytes { get; set; } = 256L << 20;

    /// <summary>UTF-8 bytes of one entry's path. Default 1,024; each part of it is at most 255.</summary>
    [Range(64, 4_096)]
    public int MaxNameBytes { get; set; } = 1_024;

    /// <summary>Folders inside one another. Default 32.</summary>
    [Range(1, 255)]
    public int MaxDepth { get; set; } = 32;

    /// <summary>Problems reported. Default 50.</summary>
    [Range(1, 1_000)]
    public int MaxProblems { get; set; } = 50;
}
