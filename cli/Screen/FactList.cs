namespace Trainyard.Cli.Screen;

/// <summary>Prints names and values below one another, in the columns of the documented <c>show</c>.</summary>
internal sealed class FactList(Terminal terminal)
{
    private const int NameWidth = 15;

    public void Add(string name, string? value, Colour colour = Colour.Plain)
    {
        if (value is { Length: > 0 })
        {
            terminal.Line(name.PadRight(NameWidth) + terminal.Paint(TerminalText.OneLine(value), colour));
        }
    }
}
