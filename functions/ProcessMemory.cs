using System.Runtime.InteropServices;

namespace Trainyard.Functions;

/// <summary>
/// Hides the process, which holds every key, from other processes of its user, such as a command without a sandbox:
/// they cannot read its memory, environment or open files, and cannot trace it.
/// </summary>
internal static partial class ProcessMemory
{
    private const int SetDumpable = 4;

    public static void Hide()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetProcess(SetDumpable, 0, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetProcess(int option, nuint a, nuint b, nuint c, nuint d);
}
