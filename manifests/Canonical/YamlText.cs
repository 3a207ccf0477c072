using System.Globalization;
using System.Text;

namespace Trainyard.Manifests.Canonical;

/// <summary>Writes texts as YAML scalars that read back as the same text.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> NotText = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

    /// <summary>Plain where that is plainly safe, in double quotes otherwise.</summary>
    public static string Scalar(string text) => IsPlain(text) ? text : Quoted(text);

    /// <summary>Always in double quotes, for texts that look like numbers.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(Escaped(rune));
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && !text.EndsWith(' ')
        && !NotText.Contains(text.ToLowerInvariant())
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '.' or '/' or '+' or '@');

    private static string Escaped(Rune rune) =>
        rune.Value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ when IsVisible(rune) => rune.ToString(),
            > 0xFFFF => $"\\U{rune.Value:X8}",
            _ => $"\\u{rune.Value:X4}",
        };

    private static bool IsVisible(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
