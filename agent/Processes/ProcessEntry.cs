using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>A living process as <c>/proc</c> shows it.</summary>
internal sealed record ProcessEntry(int Pid, int Parent, int Session, long StartTime)
{
    public string Name { get; private init; } = "";

    /// <summary>The process's name and number.</summary>
    public override string ToString() => $"{Pid} ({Name})";

    /// <returns>Null when the process is gone or a zombie.</returns>
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

    /// <summary>Dead children of this process that have not been reaped.</summary>
    public static IEnumerable<ProcessEntry> DeadChildren() =>
        Pids()
            .Select(pid => TryParse(pid, isDead: true))
            .OfType<ProcessEntry>()
            .Where(p => p.Parent == Environment.ProcessId);

    /// <summary>
    /// Whether the process's environment has this variable; false when the environment is not readable.
    /// </summary>
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

    /// <summary>Whether the process handles SIGTERM.</summary>
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
        // A process whose first thread has ended shows as a zombie, even while other threads live.
        var isGone = fields[0] is "X" || (fields[0] is "Z" && int.Parse(fields[17]) <= 1);
        return isGone != isDead
            ? null
            : new ProcessEntry(pid, int.Parse(fields[1]), int.Parse(fields[3]), long.Parse(fields[19])) { Name = name };
    }
}
