using System.Runtime.InteropServices;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The processor time of this thread: what a busy machine takes away does not count. Linux only.</summary>
internal static partial class CpuTime
{
    private const int ThreadCpuTime = 3;

    public static long Nanoseconds
    {
        get
        {
            if (GetTime(ThreadCpuTime, out var time) != 0)
            {
                throw new PlatformNotSupportedException("The clock of the thread cannot be read.");
            }
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
