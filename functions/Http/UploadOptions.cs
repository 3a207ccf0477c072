using System.ComponentModel.DataAnnotations;

namespace Trainyard.Functions.Http;

/// <summary>The minimum speed of submissions.</summary>
public sealed class UploadOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Uploads";

    /// <summary>
    /// The minimum rate in bytes per second, 1 to 1,000,000,000; slower submissions are refused. Default 240.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary>
    /// How long a submission may be slower at its beginning, 2 seconds to 1 hour. Default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);
}
