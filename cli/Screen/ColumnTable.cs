using System.Text;

namespace Trainyard.Cli.Screen;

/// <summary>Lines up columns with three spaces between them, as the 2017 and 2018 samples do.</summary>
internal sealed class ColumnTable(params Column[] columns)
{
    private const int Gap = 3;

    // A shorter piece of a name tells nothing.
    private const int Narrowest = 8;
    private readonly List<Cell[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params Cell[] cells) => _rows.Add(cells);

    public void Print(Terminal terminal)
    {
        var widths = columns.Select((c, i) => Math.Max(c.Width, WidestOf(c.Heading, i))).ToArray();
        if (terminal.Width is { } width)
        {
            Shrink(widths, width);
        }
        terminal.Line(Row([.. columns.Select(c => new Cell(c.Heading, Colour.Bold))], widths, terminal));
        foreach (var row in _rows)
        {
            terminal.Line(Row(row, widths, terminal));
        }
    }

    private int WidestOf(string heading, int column) =>
        _rows.Select(r => TerminalText.WidthOf(r[column].Text)).Append(heading.Length).Max();

    private void Shrink(int[] widths, int width)
    {
        var excess = widths.Sum() + Gap * (widths.Length - 1) - width;
        for (var i = 0; i < widths.Length && excess > 0; i++)
        {
            if (!columns[i].CanShrink || widths[i] <= Narrowest)
            {
                continue;
            }
            var taken = Math.Min(excess, widths[i] - Narrowest);
            (widths[i], excess) = (widths[i] - taken, excess - taken);
        }
    }

    private static string Row(Cell[] cells, int[] widths, Terminal terminal)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var text = TerminalText.Fit(cells[i].Text, widths[i]);
            line.Append(terminal.Paint(text, cells[i].Colour));
            // The last column ends where its text ends.
            if (i < cells.Length - 1)
            {
                line.Append(' ', widths[i] + Gap - TerminalText.WidthOf(text));
            }
        }
        return line.ToString();
    }
}

internal readonly record struct Cell
{
    public Cell(string text, Colour colour = Colour.Plain)
    {
        Text = TerminalText.OneLine(text);
        Colour = colour;
    }

    public string Text { get; }

    public Colour Colour { get; }

    public static implicit operator Cell(string text) => new(text);
}
