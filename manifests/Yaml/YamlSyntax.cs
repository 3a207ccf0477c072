using Trainyard.Manifests.Problems;
using YamlDotNet.Core;
using Mark = Trainyard.Manifests.Problems.Mark;

namespace Trainyard.Manifests.Yaml;

/// <summary>Says in our own words what the YAML library found, without any piece of the text.</summary>
internal static class YamlSyntax
{
    public const string Unclosed = "A list in brackets or a map in braces is not closed before this place.";

    // The first entry whose words appear in the library's message is used.
    private static readonly (string Sign, string Sentence)[] Known =
    [
        ("invalid tab", "YAML is indented with spaces; a tab stands here."),
        ("multiline plain scalar", "This line, or one before it, lacks a colon and a space after its key."),
        (
            "plain scalar value, found invalid mapping",
            "A colon and a space stand inside a value: put the value in quotes, or check the indentation."
        ),
        ("flow mapping", "A map in braces is not closed, or a comma is missing."),
        ("flow sequence", "A list in brackets is not closed, or a comma is missing."),
        ("expected node content", "A value is missing here, or a bracket or brace stands where none fits."),
        (
            "block mapping",
            "This line does not fit the map it stands in: check its indentation and the colon after each key."
        ),
        (
            "block collection",
            "This line does not fit the list it stands in: check its indentation and the dash before each item."
        ),
        ("Block sequence", "A list starts on a line of its own."),
        ("unknown escape", "YAML does not know this escape; in double quotes a backslash is written \\\\."),
        ("wrong indentation", "A text in quotes is not closed."),
        ("quoted scalar", "A text in quotes is not closed, or holds an escape that YAML does not know."),
        ("cannot start any token", "A value cannot start with this character: put the value in quotes."),
        ("anchor or alias", "An anchor or alias (& or *) has no valid name."),
        ("tag", YamlTags.Refusal),
        ("document end", "This line is indented less than the first one."),
    ];

    public static string Explain(YamlException e)
    {
        var known = Array.Find(Known, k => e.Message.Contains(k.Sign, StringComparison.OrdinalIgnoreCase));
        return known.Sentence ?? "This is not valid YAML.";
    }

    /// <summary>Where it is. For a tab the library names the map around it, so the tab itself is looked for.</summary>
    public static Mark Place(YamlException e, string text)
    {
        var start = new Mark((int)e.Start.Line, (int)e.Start.Column, (int)e.Start.Index);
        if (!e.Message.Contains("invalid tab"))
        {
            return start with { Line = Math.Max(1, start.Line), Column = Math.Max(1, start.Column) };
        }

        var lines = text.Split('\n');
        var line = Array.FindIndex(
            lines,
            Math.Clamp(start.Line - 1, 0, lines.Length),
            l => l.AsSpan(0, l.Length - l.AsSpan().TrimStart().Length).Contains('\t')
        );
        return line < 0 ? start : new(line + 1, lines[line].IndexOf('\t') + 1, 0);
    }
}
