using System.Text.RegularExpressions;
using Trainyard.Cli.Hosting;

namespace Trainyard.Cli.Screen;

/// <summary>
/// Writes lines. Uses colours only for a person who has not refused them. The content of a line cannot control the
/// terminal.
/// </summary>
/// <param name="environment">The streams to write to.</param>
/// <param name="isJson">Whether programs read it, even on a terminal.</param>
internal sealed partial class Terminal(CliEnvironment environment, bool isJson)
{
    private const string Plain = "\e[0m";

    private readonly bool _wantsColour =
        !isJson && environment.Text("NO_COLOR") is null && environment.Variable("TERM") is not "dumb";

    private readonly TerminalRepair _repair = new();

    public bool ErrorIsTerminal => environment.ErrorIsTerminal && !isJson;

    public bool ErrorHasColours => ErrorIsTerminal && _wantsColour;

    public TextWriter Error => environment.Error;

    /// <summary>The unfiltered output, for code that draws by itself.</summary>
    public TextWriter Out => environment.Out;

    public bool OutHasColours => environment.OutIsTerminal && _wantsColour;

    /// <summary>How many cells a line of output has; null where output is no terminal.</summary>
    public int? Width => environment.OutIsTerminal ? environment.FindWidth() : null;

    /// <summary>How many lines the terminal has; null where output is no terminal.</summary>
    public int? Height => environment.OutIsTerminal ? environment.FindHeight() : null;

    /// <summary>Whether earlier output can be overwritten. Needs a capable terminal with room for a curve.</summary>
    public bool CanRedraw => environment.Variable("TERM") is not "dumb" && Width >= 30;

    public void Line(string text = "")
    {
        Restore();
        environment.Out.WriteLine(Clean(text, environment.OutIsTerminal));
    }

    /// <summary>A JSON document.</summary>
    public void Json(string document)
    {
        Restore();
        environment.Out.WriteLine(TerminalText.EscapeJson(document));
    }

    /// <summary>Prints lines meant to be saved. Output that is no terminal gets them unchanged.</summary>
    public void Document(string lines)
    {
        if (environment.OutIsTerminal)
        {
            foreach (var line in lines.TrimEnd('\n').Split('\n'))
            {
                Line(line);
            }
        }
        else
        {
            environment.Out.Write(lines);
        }
        environment.Out.Flush();
    }

    /// <summary>Prints a program's output unchanged, and undoes its changes to the terminal afterwards.</summary>
    public void Log(string text)
    {
        environment.Out.Write(text);
        environment.Out.Flush();
        if (environment.OutIsTerminal)
        {
            _repair.Note(text);
        }
    }

    public void ErrorLine(string text = "")
    {
        Restore();
        environment.Error.WriteLine(Clean(text, environment.ErrorIsTerminal));
    }

    public void ErrorJson(string document) => environment.Error.WriteLine(TerminalText.EscapeJson(document));

    /// <summary>Undoes what a log did to the terminal.</summary>
    public void Restore()
    {
        if (_repair.Take() is { Length: > 0 } sequence)
        {
            environment.Out.Write(sequence);
        }
    }

    /// <summary>The text for standard output, coloured if it is a terminal.</summary>
    public string Paint(string text, Colour colour) => Paint(text, colour, environment.OutIsTerminal);

    /// <summary>The text for standard error, coloured if it is a terminal.</summary>
    public string PaintError(string text, Colour colour) => Paint(text, colour, environment.ErrorIsTerminal);

    private string Paint(string text, Colour colour, bool isTerminal) =>
        isTerminal && _wantsColour && colour is not Colour.Plain ? $"\e[{(int)colour}m{text}{Plain}" : text;

    // Only our own colours stay.
    private string Clean(string text, bool isTerminal) =>
        isTerminal && _wantsColour && text.Contains('\e')
            ? string.Concat(OwnColours().Split(text).Select(s => OwnColours().IsMatch(s) ? s : TerminalText.OneLine(s)))
                + (text.EndsWith(Plain, StringComparison.Ordinal) ? "" : Plain)
            : TerminalText.OneLine(text);

    [GeneratedRegex(@"(\e\[(?:0|1|2|31|32|33|36)m)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnColours();
}

/// <summary>The numbers are those of the terminal's escape sequences.</summary>
internal enum Colour
{
    Plain = 0,
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}
