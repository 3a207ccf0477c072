namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The textbook's EASY backfill: first come, first served; the first that finds no room has a reservation where it has room
/// first, and whatever cannot delay it goes ahead, in the order of arrival. Runs that are alike wait in one line, of which only
/// the first is looked at: the others find what it found. A line that found no room is looked at again when there is some.
/// </summary>
internal sealed class EasyPolicy(Trace trace) : IPolicy
{
    private readonly PlainNodes _nodes = new(trace.Nodes);
    private readonly Dictionary<(Ask Ask, int Limit), Line> _lines = [];
    private readonly Dictionary<Ask, List<Line>> _likes = [];
    private readonly SortedSet<Line> _byAge = new(Line.ByAge);
    private TraceRun? _reservedFor;
    private HashSet<int> _reserved = [];
    private long _reservedAt;

    public int Waiting { get; private set; }

    public void Add(TraceRun run, long now)
    {
        var key = (run.Ask, run.Limit);
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines[key] = line = new Line(run.Ask, PlainNodes.LimitOf(run), _nodes.AbleFor(run.Ask));
            var likes = _likes.TryGetValue(run.Ask, out var known) ? known : _likes[run.Ask] = [];
            likes.Add(line);
        }
        line.Runs.Enqueue(run);
        _byAge.Add(line);
        Waiting++;
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes, long now) => _nodes.End(run, nodes);

    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        while (_byAge.Min is { } line && HasNewRoom(line) && _nodes.FindRoom(line.First.Ask, null, null) is { } nodes)
        {
            Start(line, nodes, now, started);
        }
        if (_byAge.Min is { } first)
        {
            Reserve(first.First);
            foreach (
                var line in _lines
                    .Values.Where(line => line.Runs.Count > 0 && HasNewRoom(line))
                    .Order(Line.ByAge)
                    .ToList()
            )
            {
                if (HasNewRoom(line))
                {
                    Backfill(line, now, started);
                }
            }
        }
        return started;
    }

    private bool HasNewRoom(Line line) => _nodes.HasNewRoom(line.Able, line.BlockedAt);

    private void Reserve(TraceRun first)
    {
        if (_reservedFor != first)
        {
            (_reserved, _reservedAt) = _nodes.Earliest(first.Ask);
            _reservedFor = first;
        }
    }

    private void Backfill(Line line, long now, List<(TraceRun, IReadOnlyList<int>)> started)
    {
        while (line.Runs.TryPeek(out var run) && run != _reservedFor)
        {
            if (_nodes.FindRoom(run.Ask, _reserved, node => MayGoAhead(run, node, now)) is not { } nodes)
            {
                break;
            }
            Start(line, nodes, now, started);
        }
        // What found no room with less time finds none with more.
        foreach (var like in _likes[line.Ask].Where(like => line.Runs.Count > 0 && like.Limit >= line.Limit))
        {
            like.BlockedAt = _nodes.Version;
        }
    }

    private bool MayGoAhead(TraceRun run, int node, long now) =>
        now + PlainNodes.LimitOf(run) <= _reservedAt
        || _nodes.FitsBeside(node, run.Ask, _reservedAt, _reservedFor!.Ask);

    private void Start(Line line, IReadOnlyList<int> nodes, long now, List<(TraceRun, IReadOnlyList<int>)> started)
    {
        _byAge.Remove(line);
        var run = line.Runs.Dequeue();
        if (line.Runs.Count > 0)
        {
            _byAge.Add(line);
        }
        Waiting--;
        _nodes.Start(run, nodes, now);
        started.Add((run, nodes));
        if (run == _reservedFor)
        {
            foreach (var node in _reserved)
            {
                _nodes.Renew(node);
            }
            (_reserved, _reservedFor) = ([], null);
        }
    }
}
