using Trainyard.Cli.Screen;
using Trainyard.Cli.Streams;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>
/// Shows metrics as curves on a terminal and redraws them as they grow. A record without a number is printed above the
/// curves, unchanged.
/// </summary>
internal sealed class CurveMonitorScreen(Terminal terminal) : IMonitorScreen
{
    // Series beyond MostCurves are printed without a curve, series beyond MostSeries not at all.
    private const int MostCurves = 4;
    private const int MostSeries = 64;
    private const int Rows = 4;
    private const int DefaultHeight = 24;

    // The pause between redraws: of many records that arrive at once, only the last is drawn.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Curve> _curves = new(StringComparer.Ordinal);
    private Timer? _later;
    private int _drawn;

    public void Start(RunId id) { }

    public void Print(RunEvent item)
    {
        if (item.Kind is not RunEvent.Metric)
        {
            return;
        }
        lock (_lock)
        {
            var points = MetricPoints.Of(item.Data);
            if (points.Count == 0)
            {
                Erase();
                terminal.Line(MetricLine.Of(item.Data));
            }
            foreach (var (series, step, value) in points)
            {
                CurveOf(series)?.Add(step, value);
            }
            _later ??= new Timer(_ => DrawLater(), state: null, Pause, Timeout.InfiniteTimeSpan);
        }
    }

    public void Finish(RunResource run)
    {
        lock (_lock)
        {
            _later?.Dispose();
            Draw();
        }
    }

    private Curve? CurveOf(string series)
    {
        if (!_curves.TryGetValue(series, out var curve) && _curves.Count < MostSeries)
        {
            _curves[series] = curve = new Curve(series);
        }
        return curve;
    }

    private void DrawLater()
    {
        lock (_lock)
        {
            _later?.Dispose();
            _later = null;
            try
            {
                Draw();
            }
            catch (Exception e) when (e is OutputClosedException or OutputFailedException or ObjectDisposedException)
            {
                // The code that follows the run notices a closed output by itself.
            }
        }
    }

    private void Draw()
    {
        Erase();
        var width = Math.Max(1, (terminal.Width ?? 80) - 1);
        // Lines above the terminal's top cannot be overwritten, so the drawing must fit its height.
        var most = Math.Max(1, (terminal.Height ?? DefaultHeight) - 2);
        var curves = Math.Min(MostCurves, Math.Max(0, most - _curves.Count) / Rows);
        var lines = _curves
            .Values.SelectMany((curve, i) => i < curves ? curve.Draw(width, Rows) : [curve.Heading])
            .Take(most)
            .ToList();
        foreach (var line in lines)
        {
            terminal.Line(line.Length <= width ? line : line[..width]);
        }
        terminal.Out.Flush();
        _drawn = lines.Count;
    }

    private void Erase()
    {
        if (_drawn > 0)
        {
            terminal.Out.Write($"\e[{_drawn}A\e[J");
            _drawn = 0;
        }
    }
}
