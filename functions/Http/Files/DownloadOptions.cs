using System.ComponentModel.DataAnnotations;

namespace Trainyard.Functions.Http.Files;

/// <summary>Limits for the downloads of stored files that go through the service.</summary>
public sealed class DownloadOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Downloads";

    /// <summary>The most downloads at once, 1 to 1,000. Default 16.</summary>
    [Range(1, 1_000)]
    public int MaxAtOnce { get; set; } = 16;

    /// <summary>The most downloads at once of one owner, 1 to 1,000. Default 4.</summary>
    [Range(1, 1_000)]
    public int MaxAtOncePerOwner { get; set; } = 4;

    /// <summary>How long a download may stand still, 1 second to 1 hour. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a download may take, 1 minute to 1 day. Default 2 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(2);
}
