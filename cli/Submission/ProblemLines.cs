using Trainyard.Cli.Screen;
using Trainyard.Core.Contracts;

namespace Trainyard.Cli.Submission;

/// <summary>One problem in a few lines: place, field, message, what is allowed, and the line it is about.</summary>
internal sealed class ProblemLines(Terminal terminal)
{
    public IEnumerable<string> Of(ProblemItem item, string place)
    {
        var field = string.IsNullOrEmpty(item.Path) ? "" : $" {item.Path}:";
        yield return $"{terminal.PaintError(place + ":", Colour.Bold)}{field} {item.Message}";
        if (item.Allowed is { Length: > 0 } allowed)
            yield return $"    allowed: {allowed}";
        if (item.Suggestion is { Length: > 0 } suggestion)
            yield return $"    did you mean: {suggestion}";
    }
}
