using System.Globalization;
using System.Text;

namespace Trainyard.Core.Stores;

/// <summary>Text that a store made up, on its way into a reason, a record or a log.</summary>
public static class StoreText
{
    /// <summary>The most characters that are kept of what a store says.</summary>
    public const int Longest = 200;

    private const string Cut = "…";

    /// <summary>At most so many characters, with <c>?</c> for what ends a line, turns its direction or is not seen.</summary>
    public static string Clean(string? text, int longest = Longest)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            clean.Append(IsShown(rune) ? rune.ToString() : "?");
            if (clean.Length > longest)
            {
                return string.Concat(clean.ToString().AsSpan(0, longest - 1), Cut);
            }
        }
        return clean.ToString();
    }

    private static bool IsShown(Rune rune) =>
        rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
