using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Spectre.Console.Rendering;

namespace Trainyard.Cli.Screen;

/// <summary>
/// Makes untrusted text safe to print on a terminal. Characters that could move the cursor, reverse the line or hide
/// text become the replacement character.
/// </summary>
internal static class TerminalText
{
    private const char Replacement = '\uFFFD';
    private const char Cut = '…';

    /// <summary>The text in one line, without anything that a terminal obeys.</summary>
    public static string OneLine(string text) => IsPlain(text) ? text : Replace(text, ToLine);

    /// <summary>JSON that means the same, with everything that a terminal obeys as escape sequences of JSON.</summary>
    public static string EscapeJson(string json) => IsPlain(json) ? json : Replace(json, ToEscape);

    /// <summary>How many cells a text takes.</summary>
    // Only what is not ASCII needs the tables of the terminal library, which take time to load.
    public static int WidthOf(string text) => Ascii.IsValid(text) ? text.Length : WidthOfWide(text);

    /// <summary>As much of the text as fits, with an ellipsis for the rest.</summary>
    public static string Fit(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return text;
        }
        var fitting = new StringBuilder();
        var used = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            used += WidthOf(rune.ToString());
            if (used > width)
            {
                break;
            }
            fitting.Append(rune);
        }
        return fitting.Append(Cut).ToString();
    }

    // A method of its own, so that the library is loaded when it is called and not before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WidthOfWide(string text) => new Segment(text).CellCount();

    private static bool IsPlain(string text) => text.All(c => c is >= ' ' and <= '~');

    private static string Replace(string text, Func<Rune, string> harmless)
    {
        var line = new StringBuilder(text.Length);
        // This turns half a surrogate pair into the replacement character.
        foreach (var rune in text.EnumerateRunes())
        {
            line.Append(IsObeyed(rune) ? harmless(rune) : rune.ToString());
        }
        return line.ToString();
    }

    private static bool IsObeyed(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            // Joiners are kept: some languages and emoji need them.
            UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
            _ => false,
        };

    private static string ToLine(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' or 0x2028 or 0x2029 ? " " : Replacement.ToString();

    // The line ends between the parts of an indented document are no part of a text.
    private static string ToEscape(Rune rune) =>
        rune.Value is '\n' or '\r' ? rune.ToString()
        : rune.IsBmp ? Escape(rune.Value)
        : string.Concat(rune.ToString().Select(half => Escape(half)));

    private static string Escape(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:x4}");
}
