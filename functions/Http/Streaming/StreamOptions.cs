using System.ComponentModel.DataAnnotations;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Options for responses that follow a run.</summary>
public sealed class StreamOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Streams";

    /// <summary>
    /// The interval of keep-alives while nothing is printed, 1 second to 5 minutes. Default 15 seconds: proxies close
    /// connections that are idle for a minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);
}
