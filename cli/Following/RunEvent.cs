namespace Trainyard.Cli.Following;

/// <summary>One event of a run's stream.</summary>
/// <param name="Kind"><c>log</c>, <c>metric</c>, <c>status</c>, <c>progress</c> or <c>end</c>.</param>
/// <param name="Data">Log text (whole lines), or JSON.</param>
/// <param name="Offset">The byte of the stream after this event, where it has one.</param>
internal sealed record RunEvent(string Kind, string Data, long? Offset)
{
    /// <summary>The learner that printed it, when the logs of several are followed as one.</summary>
    public int? Learner { get; init; }

    public const string Log = "log";

    /// <summary>The kind of an event with a log's exact text. It is printed as a <see cref="Log"/>.</summary>
    public const string Text = "text";

    public const string Metric = "metric";
    public const string Status = "status";
    public const string Progress = "progress";
    public const string End = "end";

    public static RunEvent Nothing { get; } = new("", "{}", null);
}
