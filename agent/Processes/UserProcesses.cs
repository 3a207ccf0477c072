using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>
/// The kernel's process limit of a user, for machines without control groups. It stops a command that forks without
/// end; the agent and the service do not have the limit and go on.
/// </summary>
internal static class UserProcesses
{
    /// <summary>
    /// Lets a command of this user start that many more processes and threads. Root has no such limit.
    /// </summary>
    public static void Limit(int pid, int more)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Native.LimitProcesses(pid, Count(Native.UserId) + more);
        }
    }

    private static long Count(uint user) =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Sum(folder => Threads(folder, user));

    private static long Threads(string folder, uint user)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder, "status"));
            return Field(lines, "Uid:") == user ? Field(lines, "Threads:") : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process is gone.
            return 0;
        }
    }

    private static long Field(string[] lines, string name)
    {
        var line = Array.Find(lines, l => l.StartsWith(name, StringComparison.Ordinal)) ?? "";
        var fields = line[Math.Min(name.Length, line.Length)..].Split('\t', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 0 && long.TryParse(fields[0], CultureInfo.InvariantCulture, out var value) ? value : 0;
    }
}
