namespace Trainyard.Cli.Service;

/// <summary>Selects lines of a log.</summary>
internal sealed record LogSelection
{
    public static LogSelection All { get; } = new();

    /// <summary>Only this many lines from the end, and all later ones; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>Only lines with this text, in any case; null for all.</summary>
    public string? Grep { get; init; }

    /// <summary>Only lines that were printed then or later, as the service reads times; null for all.</summary>
    public string? Since { get; init; }

    /// <summary>Only lines that were printed then or before; null for all.</summary>
    public string? Until { get; init; }

    /// <summary>Whether each line begins with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>The number of the learner whose log is wanted; null for all of them.</summary>
    public int? Learner { get; init; }

    /// <summary>
    /// The selection as additional query parameters, without the tail; empty when nothing is selected.
    /// </summary>
    public string Query =>
        Part("grep", Grep)
        + Part("since", Since)
        + Part("until", Until)
        + Part("timestamps", Timestamps ? "true" : null)
        + Part("learner", Learner?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Part(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
