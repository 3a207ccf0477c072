namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// What of <c>/proc</c> belongs to the kernel and not to processes: read-only, whatever the modes say. The kernel lets user 0
/// write <c>/proc/sys</c> without any capability, and everybody <c>/proc/pressure</c>.
/// </summary>
internal static class KernelFiles
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Memory, keys and timers of the whole machine: empty instead.</summary>
    private static readonly string[] Masked = ["kcore", "keys", "latency_stats", "sched_debug", "timer_list"];

    public static IEnumerable<string> Options =>
        new DirectoryInfo("/proc")
            .EnumerateFileSystemInfos()
            .Where(entry => !char.IsAsciiDigit(entry.Name[0]) && entry.LinkTarget is null)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .SelectMany(Hide);

    private static IEnumerable<string> Hide(FileSystemInfo entry)
    {
        if (Masked.Contains(entry.Name))
        {
            return ["--ro-bind", "/dev/null", entry.FullName];
        }
        // A module that is unloaded takes its folder along.
        return entry is DirectoryInfo || (entry.UnixFileMode & AnyWrite) != UnixFileMode.None
            ? ["--ro-bind-try", entry.FullName, entry.FullName]
            : [];
    }
}
