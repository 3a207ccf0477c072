using System.Text;

namespace Trainyard.Cli.Following;

/// <summary>Cuts a learner's log into whole lines, so that the lines of several learners can be mixed.</summary>
internal sealed class LearnerLines(int learner)
{
    private const int LongestLine = 64 * 1024;

    private readonly StringBuilder _rest = new();

    /// <summary>The lines that an event completes; a very long line is cut.</summary>
    public IEnumerable<RunEvent> Take(RunEvent item)
    {
        var text = item.Data;
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            var until = end < 0 ? text.Length : end;
            _rest.Append(text, at, until - at);
            at = until + 1;
            if (end >= 0 || _rest.Length > LongestLine)
            {
                yield return Flush(item.Offset);
            }
        }
    }

    /// <summary>The last line, when it has no end.</summary>
    public IEnumerable<RunEvent> End() => _rest.Length > 0 ? [Flush(offset: null)] : [];

    // Of a progress bar, which is printed over itself, the last state stays.
    private RunEvent Flush(long? offset)
    {
        var line = _rest.ToString().TrimEnd('\r');
        _rest.Clear();
        return new RunEvent(RunEvent.Log, line[(line.LastIndexOf('\r') + 1)..] + '\n', offset) { Learner = learner };
    }
}
