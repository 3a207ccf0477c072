namespace Trainyard.Agent.Verbs;

/// <summary>
/// Writes a line about each left-out file, up to a hundred lines, and then only the number of further ones.
/// </summary>
internal sealed class SkippedLines(Action<string> write)
{
    private const int Most = 100;
    private int _count;

    public void Add(string line)
    {
        if (Interlocked.Increment(ref _count) <= Most)
        {
            write(line);
        }
    }

    /// <summary>Writes the number of lines that were not shown.</summary>
    public void End()
    {
        if (_count > Most)
        {
            write($"{_count - Most} more were left out for such reasons.");
        }
        _count = 0;
    }
}
