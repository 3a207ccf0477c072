using System.Runtime.InteropServices;

namespace Trainyard.Cli.Packing;

/// <summary>
/// The facts about a path's target, behind all links. Does not open it, because opening a pipe would block.
/// </summary>
/// <param name="Identity">The same for two paths exactly if they lead to the same; null where the system does not tell.</param>
/// <param name="Length">The size of a file in bytes; 0 for all else.</param>
internal sealed record FileFacts(FileKind Kind, (ulong Inode, ulong Device)? Identity, long Length = 0)
{
    private const int NotPermitted = 13;
    private const int TooManyLinks = 40;

    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be searched.</exception>
    public static FileFacts Of(string path) => OperatingSystem.IsLinux() ? OfLinux(path) : OfOthers(path);

    private static FileFacts OfLinux(string path) =>
        Statx.Of(path, out var status) switch
        {
            0 => OfStatus(status),
            TooManyLinks => new(FileKind.Loop, null),
            NotPermitted => throw new UnauthorizedAccessException(Marshal.GetPInvokeErrorMessage(NotPermitted)),
            _ => new(FileKind.Nothing, null),
        };

    private static FileFacts OfStatus(Statx.Status status)
    {
        var kind = KindOf(status.Mode & Statx.TypeMask);
        return new(kind, (status.Inode, status.Device), kind is FileKind.File ? (long)status.Size : 0);
    }

    private static FileKind KindOf(int type) =>
        type switch
        {
            Statx.Regular => FileKind.File,
            Statx.Folder => FileKind.Folder,
            Statx.Pipe => FileKind.Pipe,
            Statx.Socket => FileKind.Socket,
            _ => FileKind.Device,
        };

    private static FileFacts OfOthers(string path) =>
        Directory.Exists(path) ? new(FileKind.Folder, null)
        : File.Exists(path) ? new(FileKind.File, null, new FileInfo(path).Length)
        : new(FileKind.Nothing, null);
}
