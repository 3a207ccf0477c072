using System.ComponentModel.DataAnnotations;

namespace Trainyard.Core.Runs;

/// <summary>How long ended runs are kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Retention";

    /// <summary>From a run's end to its purge, 1 second to 3,650 days. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromDays(7);
}
