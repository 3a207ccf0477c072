using System.ComponentModel.DataAnnotations;

namespace Trainyard.Functions.Http;

/// <summary>How slowly a submission may come.</summary>
public sealed class UploadOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Uploads";

    /// <summary>Bytes per second below which a submission is not waited for, 1 to 1,000,000,000. Default 240.</summary>
    [Range(1, 1_000_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary>How long it may be slower, from its beginning on, 2 seconds to 1 hour. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);
}
