using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Excerpts;
using Trainyard.Manifests.Problems;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Describes problems by their place in the user's own files: place, field, message, allowed values, and the line
/// concerned, with its secrets masked.
/// </summary>
internal sealed class ProblemLines(Terminal terminal, ManifestFile manifest)
{
    public const string Warning = "warning";

    private const string Indent = "    ";

    /// <param name="item">A problem of the manifest or of the model.</param>
    /// <param name="model">What the user calls the model.</param>
    public IEnumerable<string> Of(ProblemItem item, string model) =>
        item.Source == "manifest" ? Of(ManifestProblems.Of(item)) : Lines(model, item);

    /// <param name="problem">A problem of the manifest.</param>
    /// <param name="word">Put before the message, such as "warning".</param>
    public IEnumerable<string> Of(ManifestProblem problem, string? word = null)
    {
        var place = $"{manifest.Name}:{problem.Line}:{problem.Column}";
        var excerpt = ProblemExcerpt.Render(manifest.Text, problem);
        return Lines(place, ManifestProblems.Of(problem), word)
            .Concat(excerpt.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A warning about the model, in one line.</summary>
    public string Of(ArchiveProblem warning, string model) => $"{Head(model, Warning)} {warning.Message}";

    private IEnumerable<string> Lines(string place, ProblemItem item, string? word = null)
    {
        // Most messages name their field themselves, and many what was probably meant.
        var field = item.Path is not { Length: > 0 } path || item.Message.Contains(path) ? "" : $" {path}:";
        yield return $"{Head(place, word)}{field} {item.Message}";
        if (item.Allowed is { Length: > 0 } allowed)
        {
            yield return $"{Indent}allowed: {allowed}";
        }
        if (item.Suggestion is { Length: > 0 } suggestion && !item.Message.Contains($"did you mean `{suggestion}`"))
        {
            yield return $"{Indent}did you mean: {suggestion}";
        }
    }

    private string Head(string place, string? word)
    {
        var kind = word is null ? "" : $" {terminal.PaintError(word + ":", Colour.Yellow)}";
        return $"{terminal.PaintError(place + ":", Colour.Bold)}{kind}";
    }
}
