namespace Trainyard.Cli.Service;

/// <summary>Which lines of a log are wanted.</summary>
/// <param name="Tail">Only so many from the end, and what comes then; null for all.</param>
/// <param name="Grep">Only lines with this text, in any case; null for all.</param>
internal sealed record LogSelection(int? Tail, string? Grep)
{
    public static LogSelection All { get; } = new(null, null);
}
