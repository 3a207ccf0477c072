using System.Text;

namespace Trainyard.Cli.Screen;

/// <summary>Lines up columns with three spaces between them, as the 2017 and 2018 samples do.</summary>
internal sealed class ColumnTable(params Column[] columns)
{
    private const int Gap = 3;
    private readonly List<Cell[]> rows = [];

    public int Count => rows.Count;

    public void Add(params Cell[] cells) => rows.Add(cells);

    public void Print(Terminal terminal)
    {
        var widths = columns.Select((c, i) => Math.Max(c.Width, WidestOf(c.Heading, i))).ToArray();
        terminal.Line(Row([.. columns.Select(c => new Cell(c.Heading, Colour.Bold))], widths, terminal));
        foreach (var row in rows)
            terminal.Line(Row(row, widths, terminal));
    }

    private int WidestOf(string heading, int column) =>
        rows.Select(r => TextWidth.Of(r[column].Text)).Append(heading.Length).Max();

    private static string Row(Cell[] cells, int[] widths, Terminal terminal)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(terminal.Paint(cells[i].Text, cells[i].Colour));
            // The last column ends where its text ends.
            if (i < cells.Length - 1)
                line.Append(' ', widths[i] + Gap - TextWidth.Of(cells[i].Text));
        }
        return line.ToString();
    }
}

internal readonly record struct Cell
{
    public Cell(string text, Colour colour = Colour.Plain)
    {
        Text = TextWidth.OneLine(text);
        Colour = colour;
    }

    public string Text { get; }

    public Colour Colour { get; }

    public static implicit operator Cell(string text) => new(text);
}
