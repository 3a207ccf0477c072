using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Storage;

/// <summary>Opens files that other users may have created: follows no link, and does not block on a pipe.</summary>
public static partial class PlainFile
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64
            or Architecture.Arm
        ? 0x8000
        : 0x20000;

    /// <summary>The content, or null when the path is no regular file, is empty or cannot be read.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            var content = OperatingSystem.IsLinux() ? TryOpenOnLinux(path) : TryOpenElsewhere(path);
            // Pipes and sockets cannot seek, devices have no length, and Linux opens folders too.
            if (
                content is null
                || (
                    content is { CanSeek: true, Length: > 0 }
                    && !File.GetAttributes(content.SafeFileHandle).HasFlag(FileAttributes.Directory)
                )
            )
            {
                return content;
            }
            content.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static FileStream? TryOpenOnLinux(string path)
    {
        var handle = open(path, NonBlocking | NoFollow | CloseOnExec, 0);
        if (!handle.IsInvalid)
        {
            return new FileStream(handle, FileAccess.Read);
        }
        handle.Dispose();
        return null;
    }

    private static FileStream? TryOpenElsewhere(string path) =>
        new FileInfo(path) is { Exists: true, LinkTarget: null, Length: > 0 }
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : null;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, int mode);
}
