using System.Globalization;
using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Containers;

/// <summary>
/// Reads what a container used. Its control group disappears with it, and not every engine tells where the group is,
/// so the container's first process prints the kernel's counts when the command has ended.
/// </summary>
internal static class ContainerUsage
{
    private const string Prefix = "trainyard-usage";

    /// <summary>The counter files of version 2 and version 1, as a container sees its own group.</summary>
    private static readonly string[] Files =
    [
        "memory.peak",
        "memory.events",
        "cpu.stat",
        "pids.events",
        "memory/memory.max_usage_in_bytes",
        "memory/memory.oom_control",
        "cpuacct/cpuacct.usage",
        "pids/pids.events",
    ];

    /// <summary>Shell lines that print the counts to the container's stderr. They need only a shell.</summary>
    public static string Script { get; } =
        $"for trainyard_file in {string.Join(' ', Files)}; do "
        + "[ -r \"/sys/fs/cgroup/$trainyard_file\" ] && while read -r trainyard_key trainyard_value; do "
        + $"echo \"{Prefix} $trainyard_file $trainyard_key $trainyard_value\"; "
        + "done <\"/sys/fs/cgroup/$trainyard_file\"; done >&2; ";

    public static bool IsLine(string line) => line.StartsWith(Prefix, StringComparison.Ordinal);

    public static ResourceUsage Read(IEnumerable<string> lines)
    {
        var counts = lines
            .Where(IsLine)
            .Select(line => line[Prefix.Length..].Trim())
            .Select(line => (Name: line[..Math.Max(0, line.LastIndexOf(' '))], Value: Number(line)))
            .Where(count => count.Value is not null)
            .GroupBy(count => count.Name)
            .ToDictionary(group => group.Key, group => group.First().Value!.Value);
        long? Count(params string[] names) =>
            names.Where(counts.ContainsKey).Select(name => (long?)counts[name]).FirstOrDefault();
        return new ResourceUsage
        {
            PeakMemoryBytes = Count("memory.peak", "memory/memory.max_usage_in_bytes"),
            CpuSeconds =
                Count("cpu.stat usage_usec") is { } micro ? micro * 1e-6
                : Count("cpuacct/cpuacct.usage") is { } nano ? nano * 1e-9
                : null,
            OutOfMemoryKills = Count("memory.events oom_kill", "memory/memory.oom_control oom_kill") ?? 0,
            RefusedProcesses = Count("pids.events max", "pids/pids.events max") ?? 0,
        };
    }

    private static long? Number(string line) =>
        long.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
