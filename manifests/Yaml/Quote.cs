namespace Trainyard.Manifests.Yaml;

/// <summary>Puts a piece of the manifest into a message: short, and printable on a terminal.</summary>
internal static class Quote
{
    private const int Longest = 96;

    public static string Key(string text) => $"`{Shorten(text)}`";

    public static string Shorten(string text)
    {
        var piece = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest - 1), "…");
        return piece.Any(NotPrintable) ? string.Concat(piece.Select(c => NotPrintable(c) ? '?' : c)) : piece;
    }

    /// <summary>The character, or one that a terminal shows in its place.</summary>
    public static char Shown(char c) =>
        c == '\t' ? ' '
        : NotPrintable(c) && !char.IsSurrogate(c) ? '?'
        : c;

    private static bool NotPrintable(char c) =>
        char.IsControl(c)
        || char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator
                or System.Globalization.UnicodeCategory.Surrogate;
}
