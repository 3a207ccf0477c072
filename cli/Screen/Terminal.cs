namespace Trainyard.Cli.Screen;

/// <summary>Writes lines, with colours only where a person looks at them and has not refused them.</summary>
internal sealed class Terminal(Surroundings surroundings)
{
    private readonly bool wantsColour =
        surroundings.Text("NO_COLOR") is null && surroundings.Variable("TERM") is not "dumb";

    public bool ErrorIsTerminal => surroundings.ErrorIsTerminal;

    public bool ErrorHasColours => ErrorIsTerminal && wantsColour;

    public TextWriter Error => surroundings.Error;

    public void Line(string text = "") => surroundings.Out.WriteLine(text);

    /// <summary>Writes text as it came, without a line end of our own.</summary>
    public void Raw(string text)
    {
        surroundings.Out.Write(text);
        surroundings.Out.Flush();
    }

    public void ErrorLine(string text = "") => surroundings.Error.WriteLine(text);

    /// <summary>The text for standard output, coloured if it is a terminal.</summary>
    public string Paint(string text, Colour colour) => Paint(text, colour, surroundings.OutIsTerminal);

    /// <summary>The text for standard error, coloured if it is a terminal.</summary>
    public string PaintError(string text, Colour colour) => Paint(text, colour, surroundings.ErrorIsTerminal);

    private string Paint(string text, Colour colour, bool isTerminal) =>
        isTerminal && wantsColour && colour is not Colour.Plain ? $"\e[{(int)colour}m{text}\e[0m" : text;
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
