using System.Text.RegularExpressions;
using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Metrics;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Extracts records from lines, as FfDL does. It holds the last few lines, tries the groups' expressions at the start
/// of the first one, and the first match makes a record. Unlike FfDL, it then drops only the lines of the match: FfDL
/// drops all held lines, and so loses records on consecutive lines.
/// </summary>
internal sealed class RegexExtractor
{
    /// <summary>An expression that exceeds the time limit this often is no longer tried.</summary>
    private const int MostTimeouts = 3;

    private readonly List<(NodeMetricGroup Group, Regex Regex)> _groups = [];
    private readonly Dictionary<string, int> _timeouts = [];
    private readonly Queue<string> _window = new();
    private readonly int _lookahead;
    private readonly MetricsSink _sink;
    private readonly Action<string> _tell;

    public RegexExtractor(NodeMetrics metrics, MetricsSink sink, Action<string> tell)
    {
        (_lookahead, _sink, _tell) = (metrics.LineLookahead, sink, tell);
        foreach (var group in metrics.Groups)
        {
            var (regex, problem) = MetricPattern.Compile(group.Regex);
            if (regex is null)
            {
                // The run was submitted before expressions were validated.
                tell($"Metrics of the group '{group.Name}' are not read: its regex cannot be used: {problem}.");
            }
            else
            {
                _groups.Add((group, regex));
            }
        }
    }

    /// <summary>Handles the next line, without its end.</summary>
    public void Take(string line)
    {
        _window.Enqueue(line);
        if (_window.Count > _lookahead)
        {
            _window.Dequeue();
        }
        while (TryMatch()) { }
    }

    /// <summary>Processes the lines that are still held, after the last line.</summary>
    public void End()
    {
        while (_window.Count > 0)
        {
            if (!TryMatch())
            {
                _window.Dequeue();
            }
        }
    }

    private bool TryMatch()
    {
        if (_window.Count == 0)
        {
            return false;
        }
        var text = string.Join('\n', _window) + "\n";
        foreach (var (group, regex) in _groups)
        {
            if (Matched(group, regex, text) is { } match)
            {
                _sink.Add(RecordOf(group, match));
                Drop(match.Value);
                return true;
            }
        }
        return false;
    }

    private void Drop(string matched)
    {
        var lines = matched.Count(c => c == '\n') + (matched.EndsWith('\n') ? 0 : 1);
        for (; lines > 0 && _window.Count > 0; lines--)
        {
            _window.Dequeue();
        }
    }

    private Match? Matched(NodeMetricGroup group, Regex regex, string text)
    {
        var timeouts = _timeouts.GetValueOrDefault(group.Name);
        if (timeouts == MostTimeouts)
        {
            return null;
        }
        try
        {
            return regex.Match(text) is { Success: true } match ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            _timeouts[group.Name] = ++timeouts;
            if (timeouts == MostTimeouts)
            {
                _tell($"Metrics of the group '{group.Name}' are read no more: its regex takes too long on some lines.");
            }
            return null;
        }
    }

    private static ExtractedRecord RecordOf(NodeMetricGroup group, Match match) =>
        new(group.Name)
        {
            ETimes = Values(group.ETimes, match),
            Values = Values(group.Scalars, match),
            TimeMs = ValueOf(group.Time, match) is { } time ? MetricTime.Parse(time) : null,
            SubId = ValueOf(group.SubId, match),
        };

    private static List<ExtractedValue> Values(IReadOnlyDictionary<string, NodeMetricField> fields, Match match)
    {
        var values = new List<ExtractedValue>();
        foreach (var (name, field) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if (ValueOf(field.Value, match) is { } text)
            {
                values.Add(new ExtractedValue(name, field.Type, text));
            }
        }
        return values;
    }

    // Groups that did not take part in the match are left out.
    private static string? ValueOf(string? value, Match match)
    {
        if (value is null || MetricPattern.CaptureOf(value) is not { } name)
        {
            return value;
        }
        return match.Groups[name] is { Success: true } capture ? capture.Value : null;
    }
}
