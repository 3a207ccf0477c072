using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Opens files that a command made. The command may have put a link, a pipe or a folder in their place.
/// </summary>
internal static class RegularFile
{
    private const int Regular = 0x8000;

    /// <returns>Null for anything but a readable regular file.</returns>
    public static SafeFileHandle? TryOpen(string path)
    {
        var handle = Native.OpenNoFollow(path);
        if (!handle.IsInvalid && Native.TypeOf(handle) == Regular)
        {
            return handle;
        }
        handle.Dispose();
        return null;
    }

    /// <summary>Like <see cref="TryOpen"/>, for a file that the agent owns but may not read yet.</summary>
    public static SafeFileHandle? TryUnlock(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null || !file.Exists)
            {
                return null;
            }
            file.UnixFileMode |= UnixFileMode.UserRead;
            return TryOpen(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
