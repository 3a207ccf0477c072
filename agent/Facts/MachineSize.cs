using System.Globalization;

namespace Trainyard.Agent.Facts;

/// <summary>The part of the machine that this agent's commands can use.</summary>
internal static class MachineSize
{
    private const string MemoryFile = "/proc/meminfo";
    private const string TotalKey = "MemTotal:";

    // The limits that a container or a service manager sets for the agent: control groups of version 2 and 1, seen
    // from inside.
    private static readonly string[] LimitFiles =
    [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];

    /// <summary>The processors that this process may run on.</summary>
    public static double Cpus => Environment.ProcessorCount;

    public static long MemoryBytes => MemoryOf(ReadOrEmpty(MemoryFile), [.. LimitFiles.Select(ReadOrEmpty)]);

    /// <summary>The machine's memory, or a lower limit.</summary>
    internal static long MemoryOf(string memoryInfo, IReadOnlyList<string> limits)
    {
        var total = memoryInfo
            .Split('\n')
            .Where(line => line.StartsWith(TotalKey, StringComparison.Ordinal))
            .Select(line => Number(line[TotalKey.Length..].Replace("kB", "", StringComparison.Ordinal)) * 1024)
            .FirstOrDefault();
        var limit = limits.Select(Number).Where(bytes => bytes > 0).DefaultIfEmpty(long.MaxValue).Min();
        return total > 0
            ? Math.Min(total.Value, limit ?? long.MaxValue)
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }

    // The text "max" stands for no limit.
    private static long? Number(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
