using System.ComponentModel.DataAnnotations;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Settings of answers that follow a run.</summary>
public sealed class StreamOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Streams";

    /// <summary>
    /// The interval of keep-alives while nothing is printed, 1 second to 5 minutes. Default 15 seconds, because
    /// proxies close connections that are silent for a minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);
}
