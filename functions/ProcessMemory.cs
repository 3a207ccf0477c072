using System.Runtime.InteropServices;

namespace Trainyard.Functions;

/// <summary>
/// Protects the service's memory, which holds all keys. Other processes of its user, such as a command without a
/// sandbox, cannot read its memory, its environment or its open files, and cannot trace it.
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
