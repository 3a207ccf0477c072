using System.Runtime.InteropServices;

namespace Trainyard.Cli.Packing;

/// <summary>Linux's statx, whose answer has the same layout on every processor.</summary>
internal static partial class Statx
{
    public const int TypeMask = 0xF000;
    public const int Regular = 0x8000;
    public const int Folder = 0x4000;
    public const int Pipe = 0x1000;
    public const int Socket = 0xC000;

    private const int CurrentFolder = -100;
    private const uint TypeInodeAndSize = 0x301;

    /// <returns>0, or the error's number.</returns>
    public static int Of(string path, out Status status) =>
        statx(CurrentFolder, path, flags: 0, TypeInodeAndSize, out status) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Status status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal readonly struct Status
    {
        [FieldOffset(28)]
        public readonly ushort Mode;

        [FieldOffset(32)]
        public readonly ulong Inode;

        [FieldOffset(40)]
        public readonly ulong Size;

        [FieldOffset(136)]
        public readonly ulong Device;
    }
}
