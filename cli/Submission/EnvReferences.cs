using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Replaces <c>${env:NAME}</c> in a manifest's connections by what the environment holds. Values are put in
/// quoted, so that no character of a password means anything to YAML, and every line keeps its number.
/// </summary>
internal static partial class EnvReferences
{
    private const string Sign = "${env:";

    public static string Expand(ManifestFile manifest, Func<string, string?> variable)
    {
        var text = manifest.Text;
        if (!text.Contains(Sign))
            return text;
        var scalars = ConnectionValues.Of(text).Where(s => Reference().IsMatch(s.Value)).ToList();
        RefuseUnset(manifest, scalars, variable);
        var expanded = new StringBuilder(text);
        // From the end, so that the places before stay where they are.
        foreach (var scalar in Enumerable.Reverse(scalars))
        {
            var (start, end) = PlaceOf(scalar, text);
            expanded.Remove(start, end - start).Insert(start, Replacement(scalar, text[start..end], variable));
        }
        return expanded.ToString();
    }

    [GeneratedRegex(
        @"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();

    // An anchor or a tag stands before its scalar and stays there.
    [GeneratedRegex(@"\G([&!]\S*\s+)+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Properties();

    private static (int Start, int End) PlaceOf(Scalar scalar, string text)
    {
        var start = (int)scalar.Start.Index;
        return (start + Properties().Match(text, start).Length, (int)scalar.End.Index);
    }

    private static string Replacement(Scalar scalar, string source, Func<string, string?> variable)
    {
        string Value(Match reference) => variable(reference.Groups[1].Value)!;
        return IsBlock(scalar)
            // In a block nothing needs quoting, and a line break was refused.
            ? Reference().Replace(source, Value)
            : Quote(Reference().Replace(scalar.Value, Value), source.Count('\n'), (int)scalar.Start.Column);
    }

    // A backslash at a line's end joins it with the next: the value is one, the lines are as many as before.
    private static string Quote(string value, int lineBreaks, int column)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
            quoted.Append(Escape(c));
        for (var i = 0; i < lineBreaks; i++)
            quoted.Append("\\\n").Append(' ', column);
        return quoted.Append('"').ToString();
    }

    private static string Escape(char c) =>
        c switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' => $"\\u{(int)c:x4}",
            _ => c.ToString(),
        };

    private static void RefuseUnset(ManifestFile manifest, IEnumerable<Scalar> scalars, Func<string, string?> variable)
    {
        var problems = scalars.SelectMany(s => ProblemsOf(manifest, s, variable)).ToList();
        if (problems.Count > 0)
            throw new CliFailure(
                ExitCode.InvalidInput,
                "env_reference",
                $"'{manifest.Name}' takes values from environment variables that cannot be had: set them and try again."
            )
            {
                Details = problems,
            };
    }

    private static IEnumerable<string> ProblemsOf(ManifestFile manifest, Scalar scalar, Func<string, string?> variable)
    {
        var (start, end) = PlaceOf(scalar, manifest.Text);
        foreach (Match reference in Reference().Matches(manifest.Text[start..end]))
        {
            var name = reference.Groups[1].Value;
            var value = variable(name);
            var wrong =
                value is null ? "is not set"
                : IsBlock(scalar) && value.Contains('\n') ? "holds a line break, which cannot stand in a block of text"
                : null;
            if (wrong is not null)
                yield return $"{manifest.PlaceOf(start + reference.Index)}: {name} {wrong}.";
        }
    }

    private static bool IsBlock(Scalar scalar) => scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded;
}
