using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Processes;

/// <summary>The functions of libc that .NET does not offer.</summary>
internal static unsafe partial class Native
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private const int PrSetDumpable = 4;
    private const int PrSetChildSubreaper = 36;
    private const int NoHang = 1;
    private const int NumberOfProcesses = 6;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExecFlag = 1;
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const uint TypeMask = 1;
    private const int StatxModeOffset = 28;

    // O_NOFOLLOW is one of the few flags whose value differs between processors.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64
            or Architecture.Arm
        ? 0x8000
        : 0x20000;

    /// <summary>Whether this process leads its own session: a terminal's Ctrl-C is then not meant for it.</summary>
    public static bool LeadsSession => getsid(0) == Environment.ProcessId;

    /// <summary>Keeps other processes of the same user from reading this one's memory, environment and open files.</summary>
    public static bool HideFromPeers() => prctl(PrSetDumpable, 0, 0, 0, 0) == 0;

    /// <summary>The session id of this process.</summary>
    public static int Session { get; } = getsid(0);

    /// <summary>Makes this process the parent of orphaned descendants.</summary>
    public static bool InheritOrphans() => prctl(PrSetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>Reaps a dead child.</summary>
    public static void Reap(int pid) => _ = waitpid(pid, null, NoHang);

    /// <summary>Sets the number of its user's processes and threads at which a process can start no more.</summary>
    public static bool LimitProcesses(int pid, long most)
    {
        var limit = stackalloc ulong[] { (ulong)most, (ulong)most };
        return prlimit(pid, NumberOfProcesses, limit, null) == 0;
    }

    /// <summary>The user whose rights this process has.</summary>
    public static uint UserId => geteuid();

    /// <summary>Gives a file, folder or link itself to a user and the group of the same number.</summary>
    public static bool TryOwn(string path, uint user) => lchown(path, user, user) == 0;

    /// <summary>Gives what a link leads to, such as a process's open file, to a user; its group stays.</summary>
    public static bool TryOwnTarget(string link, uint user) => chown(link, user, uint.MaxValue) == 0;

    /// <summary>Sets a function of libc as the handler of a signal.</summary>
    public static void Handle(int signal, nint function) => Native.signal(signal, function);

    /// <summary>Closes an inherited descriptor in the processes that the agent starts.</summary>
    public static void CloseOnStart(int descriptor) => fcntl(descriptor, SetDescriptorFlags, CloseOnExecFlag);

    public static bool Signal(int pid, int signal) => kill(pid, signal) == 0;

    /// <summary>Opens for reading; never follows a link at the end of the path and never waits for a pipe's other end.</summary>
    public static SafeFileHandle OpenNoFollow(string path) =>
        open(path, ReadOnly | NoFollow | NonBlocking | CloseOnExec, 0);

    /// <summary>The type bits of an open file's mode; 0 when they cannot be read.</summary>
    public static int TypeOf(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return statx(file, "", EmptyPath, TypeMask, buffer) == 0 ? *(ushort*)(buffer + StatxModeOffset) & 0xF000 : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int getsid(int pid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prlimit(int pid, int resource, ulong* limit, ulong* old);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle folder, string path, int flags, uint mask, byte* buffer);
}
