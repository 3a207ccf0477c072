using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>A living process as <c>/proc</c> shows it.</summary>
internal sealed record ProcessEntry(int Pid, int Parent, int Session, long StartTime)
{
    public string Name { get; private init; } = "";

    /// <summary>What the process calls itself, and its number.</summary>
    public override string ToString() => $"{Pid} ({Name})";

    /// <returns>Null when it is gone, or a zombie.</returns>
    public static ProcessEntry? Read(int pid) => TryParse(pid, isDead: false);

    private static ProcessEntry? TryParse(int pid, bool isDead)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"), isDead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static IEnumerable<ProcessEntry> All() => Pids().Select(Read).OfType<ProcessEntry>();

    private static IEnumerable<int> Pids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>Children of this process that are dead and that nobody has taken away.</summary>
    public static IEnumerable<ProcessEntry> DeadChildren() =>
        Pids()
            .Select(pid => TryParse(pid, isDead: true))
            .OfType<ProcessEntry>()
            .Where(p => p.Parent == Environment.ProcessId);

    /// <summary>Whether its environment holds this variable; false when it may not be read.</summary>
    public bool HasVariable(string assignment)
    {
        try
        {
            return File.ReadAllText($"/proc/{Pid}/environ").Split('\0').Contains(assignment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether it handles SIGTERM itself.</summary>
    public bool CatchesTerm()
    {
        try
        {
            var caught = File.ReadLines($"/proc/{Pid}/status")
                .First(l => l.StartsWith("SigCgt:", StringComparison.Ordinal));
            return (ulong.Parse(caught.AsSpan(7).Trim(), NumberStyles.HexNumber) & (1UL << (Native.SigTerm - 1))) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return false;
        }
    }

    // The name, the second field, is in parentheses and may itself hold spaces and parentheses.
    private static ProcessEntry? Parse(string stat, bool isDead)
    {
        var pid = int.Parse(stat.AsSpan(0, stat.IndexOf(' ')));
        var name = stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')];
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // A first thread that ended leaves a zombie too, beside threads that live.
        var isGone = fields[0] is "X" || (fields[0] is "Z" && int.Parse(fields[17]) <= 1);
        return isGone != isDead
            ? null
            : new ProcessEntry(pid, int.Parse(fields[1]), int.Parse(fields[3]), long.Parse(fields[19])) { Name = name };
    }
}
