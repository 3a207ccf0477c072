using System.Globalization;
using System.Runtime.InteropServices;

namespace Trainyard.Cli.Screen;

/// <summary>One number of a training over its steps, drawn with braille dots; of many points those are kept that there is room for.</summary>
internal sealed class Curve(string name)
{
    private const int MostBins = 1024;
    private const int DotsPerColumn = 2;
    private const int DotsPerRow = 4;
    private const int LabelWidth = 11;
    private const int LeastColumns = 10;
    private const int MostColumns = 100;
    private const char Blank = '\u2800';

    // The bit of each dot of a braille sign, by column and row.
    private static readonly int[,] Bits =
    {
        { 0x01, 0x02, 0x04, 0x40 },
        { 0x08, 0x10, 0x20, 0x80 },
    };

    private List<Bin> _bins = [];
    private int _perBin = 1;
    private (double Step, double Value) _last;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;

    /// <summary>Takes the next point, of finite numbers; without a step of its own it is one after the last.</summary>
    public void Add(double? step, double value)
    {
        _last = (step ?? _last.Step + 1, value);
        _least = Math.Min(_least, value);
        _greatest = Math.Max(_greatest, value);
        var bin = new Bin(_last, _last, Count: 1);
        if (_bins.Count > 0 && _bins[^1].Count < _perBin)
        {
            _bins[^1] = _bins[^1].With(bin);
        }
        else
        {
            _bins.Add(bin);
        }
        if (_bins.Count == MostBins)
        {
            _bins = [.. _bins.Chunk(2).Select(pair => pair[0].With(pair[1]))];
            _perBin *= 2;
        }
    }

    /// <summary>The name and the last value, then the curve, each line at most so many cells wide.</summary>
    public IEnumerable<string> Draw(int width, int rows)
    {
        yield return Cut(Heading, width);
        var columns = Math.Clamp(width - LabelWidth - 1, LeastColumns, MostColumns);
        var cells = Plot(columns, rows);
        for (var row = 0; row < rows; row++)
        {
            var label =
                row == 0 ? Number(_greatest)
                : row == rows - 1 ? Number(_least)
                : "";
            yield return $"{label, LabelWidth} {new string(cells[row])}";
        }
    }

    /// <summary>The name and the last value alone.</summary>
    public string Heading =>
        $"{TerminalText.OneLine(name)}  {Number(_last.Value)} at {_last.Step.ToString("0.######", CultureInfo.InvariantCulture)}"
        + (_greatest > _least ? $"  ({Number(_least)} to {Number(_greatest)})" : "");

    private char[][] Plot(int columns, int rows)
    {
        var cells = Enumerable.Range(0, rows).Select(_ => Enumerable.Repeat(Blank, columns).ToArray()).ToArray();
        var points = _bins.SelectMany(bin => bin.Points).ToList();
        var (first, last) = (points.Min(p => p.Step), points.Max(p => p.Step));
        (int X, int Y)? before = null;
        foreach (var (step, value) in points)
        {
            var x = Place(step, first, last, columns * DotsPerColumn);
            var y = (rows * DotsPerRow) - 1 - Place(value, _least, _greatest, rows * DotsPerRow);
            Join(cells, before ?? (x, y), (x, y));
            before = (x, y);
        }
        return cells;
    }

    private static int Place(double value, double least, double greatest, int dots)
    {
        // Subtracts halves, so that even the widest span does not overflow.
        var span = (greatest / 2) - (least / 2);
        return span > 0 ? (int)Math.Round(((value / 2) - (least / 2)) / span * (dots - 1)) : dots / 2;
    }

    private static void Join(char[][] cells, (int X, int Y) from, (int X, int Y) to)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (var i = 0; i <= steps; i++)
        {
            var x = from.X + ((to.X - from.X) * i / steps);
            var y = from.Y + ((to.Y - from.Y) * i / steps);
            var row = cells[y / DotsPerRow];
            row[x / DotsPerColumn] |= (char)Bits[x % DotsPerColumn, y % DotsPerRow];
        }
    }

    private static string Cut(string text, int width) =>
        text.Length <= width ? text : text[..Math.Max(1, width - 1)] + "…";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>Neighbouring points, merged into their least and greatest values so that no peak is lost.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Bin(
        (double Step, double Value) Least,
        (double Step, double Value) Greatest,
        int Count
    )
    {
        public IEnumerable<(double Step, double Value)> Points =>
            Least.Step <= Greatest.Step ? [Least, Greatest] : [Greatest, Least];

        public Bin With(Bin next) =>
            new(
                next.Least.Value < Least.Value ? next.Least : Least,
                next.Greatest.Value > Greatest.Value ? next.Greatest : Greatest,
                Count + next.Count
            );
    }
}
