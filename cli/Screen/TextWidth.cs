using System.Runtime.CompilerServices;
using System.Text;
using Spectre.Console.Rendering;

namespace Trainyard.Cli.Screen;

/// <summary>How many cells of a terminal a text takes.</summary>
internal static class TextWidth
{
    // Only what is not ASCII needs the tables of the terminal library, which take time to load.
    public static int Of(string text) => Ascii.IsValid(text) ? text.Length : OfWide(text);

    // A method of its own, so that the library is loaded when it is called and not before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OfWide(string text) => new Segment(text).CellCount();

    /// <summary>The text without control characters: a name cannot move the cursor.</summary>
    public static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
