using System.Runtime.InteropServices;

namespace Trainyard.Cli.Streams;

/// <summary>The functions of libc that .NET does not offer, of systems other than Windows.</summary>
internal static partial class Native
{
    public const int BrokenPipe = 32;
    public const int Interrupted = 4;
    public const short CanWrite = 4;
    public const short Failed = 8;
    public const short HungUp = 16;

    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    // Linux and macOS have different numbers.
    public static int TryAgain { get; } = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>
    /// Whether a descriptor came from the program that started this one. Descriptors that the runtime opened itself, which
    /// take the number of a standard stream that was closed, are marked to end with this program.
    /// </summary>
    public static bool IsInherited(int descriptor) =>
        fcntl(descriptor, GetDescriptorFlags) is var flags && flags >= 0 && (flags & CloseOnExec) == 0;

    public static nint Write(int descriptor, ReadOnlySpan<byte> bytes) =>
        write(descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);

    /// <summary>Waits until something happens with a descriptor.</summary>
    /// <returns>What happened; 0 when the time is over.</returns>
    public static short Poll(int descriptor, short events, int milliseconds)
    {
        var wanted = new PollEntry { Descriptor = descriptor, Events = events };
        return poll(ref wanted, 1, milliseconds) > 0 ? wanted.Happened : (short)0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ref readonly byte bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
