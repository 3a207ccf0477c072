using System.Globalization;

namespace Trainyard.Agent.Files;

/// <summary>Makes untrusted text safe for one line of a log: short, and without terminal control characters.</summary>
internal static class PrintableText
{
    private const int Longest = 300;

    public static string Of(string text)
    {
        var shown = string.Concat(text.Take(Longest).Select(c => Steers(c) ? '?' : c));
        return text.Length > Longest ? shown + "…" : shown;
    }

    // Line ends of all kinds, escapes, and marks that change the writing direction. Surrogate pairs are kept together.
    private static bool Steers(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned;
}
