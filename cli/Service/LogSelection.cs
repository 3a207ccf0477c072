namespace Trainyard.Cli.Service;

/// <summary>Which lines of a log are wanted.</summary>
internal sealed record LogSelection
{
    public static LogSelection All { get; } = new();

    /// <summary>Only so many from the end, and what comes then; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>Only lines with this text, in any case; null for all.</summary>
    public string? Grep { get; init; }

    /// <summary>Only lines that were printed then or later, as the service reads times; null for all.</summary>
    public string? Since { get; init; }

    /// <summary>Only lines that were printed then or before; null for all.</summary>
    public string? Until { get; init; }

    /// <summary>Whether its time stands before each line.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Whose log; null for the only one.</summary>
    public int? Learner { get; init; }

    /// <summary>As part of an address; empty for all lines as they are.</summary>
    public string Query =>
        Part("grep", Grep)
        + Part("since", Since)
        + Part("until", Until)
        + Part("timestamps", Timestamps ? "true" : null)
        + Part("learner", Learner?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Part(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
