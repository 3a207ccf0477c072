using System.IO.Enumeration;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The parts of <c>/proc</c> that belong to the kernel and not to processes. They are read-only, whatever their modes
/// say: the kernel lets user 0 write <c>/proc/sys</c> without any capability, and every user <c>/proc/pressure</c>.
/// </summary>
internal static class KernelFiles
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Files about memory, keys and timers of the whole machine; a command sees them as empty.</summary>
    private static readonly string[] Masked = ["kcore", "keys", "latency_stats", "sched_debug", "timer_list"];

    public static IEnumerable<string> Options =>
        new FileSystemEnumerable<FileSystemInfo>(
            "/proc",
            (ref FileSystemEntry entry) => entry.ToFileSystemInfo(),
            new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false }
        )
        {
            // Passes over the folders of processes unseen: there are thousands on a busy node.
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !char.IsAsciiDigit(entry.FileName[0]),
        }
            .Where(entry => entry.LinkTarget is null)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .SelectMany(Hide);

    private static IEnumerable<string> Hide(FileSystemInfo entry)
    {
        if (Masked.Contains(entry.Name))
        {
            return ["--ro-bind", "/dev/null", entry.FullName];
        }
        // The folder of a kernel module disappears when the module is unloaded, so a missing folder is no error.
        return entry is DirectoryInfo || (entry.UnixFileMode & AnyWrite) != UnixFileMode.None
            ? ["--ro-bind-try", entry.FullName, entry.FullName]
            : [];
    }
}
