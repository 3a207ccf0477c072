namespace Trainyard.Agent.Verbs;

/// <summary>Lines about what was left out: each of the first hundred, then only how many more there are.</summary>
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

    /// <summary>Says how many were not told.</summary>
    public void End()
    {
        if (_count > Most)
        {
            write($"{_count - Most} more were left out for such reasons.");
        }
        _count = 0;
    }
}
