using System.ComponentModel.DataAnnotations;

namespace Trainyard.Backends.Blobs;

/// <summary>Settings of the blobs of an embedded service.</summary>
public sealed class BlobOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Blobs";

    /// <summary>
    /// Free bytes of the state folder's disk below which no model archive and no result is accepted, so that room is
    /// left for records; below half of it no log is accepted either. Default 5 % of the disk, at most 1 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long? MinFreeBytes { get; set; }
}
