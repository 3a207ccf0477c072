using System.Globalization;

namespace Trainyard.Agent.Files;

/// <summary>Text that somebody else chose, for one line of a log: short, and with nothing in it that steers a terminal.</summary>
internal static class PrintableText
{
    private const int Longest = 300;

    public static string Of(string text)
    {
        var shown = string.Concat(text.Take(Longest).Select(c => Steers(c) ? '?' : c));
        return text.Length > Longest ? shown + "…" : shown;
    }

    // Line ends of all kinds, escapes, and the marks that turn the direction of writing. Halves of a pair stay with each other.
    private static bool Steers(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned;
}
