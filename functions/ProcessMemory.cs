using System.Runtime.InteropServices;

namespace Trainyard.Functions;

/// <summary>
/// The service holds every key: other processes of its user, such as a command that runs without a sandbox, get neither its
/// memory nor its environment nor its open files, and cannot trace it.
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
