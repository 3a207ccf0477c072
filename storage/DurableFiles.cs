using System.Runtime.InteropServices;

namespace Trainyard.Storage;

/// <summary>Writing files so that a crash or a power cut leaves the old content or the new, never a mixture.</summary>
public static partial class DurableFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Options for a new file that only its owner may read and write.</summary>
    public static FileStreamOptions NewPrivateFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return options;
    }

    /// <summary>Makes a folder that only the owner may enter, and those above it that are missing; leaves an existing one alone.</summary>
    public static void CreatePrivateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }
        // The system gives the mode to the last folder only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            CreatePrivateFolder(parent);
        }
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a small file that only its owner may read: whole or not at all, and durable before it returns.</summary>
    public static void WritePrivate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, NewPrivateFile()))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes the names in a folder durable: a new or renamed file is safe only then.</summary>
    public static void FlushFolder(string path)
    {
        // Windows keeps names safe by itself.
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var folder = Open(path, flags: 0);
        if (folder < 0)
        {
            throw new IOException($"A folder could not be opened (error {Marshal.GetLastPInvokeError()}).");
        }
        try
        {
            if (Fsync(folder) != 0)
            {
                throw new IOException($"A folder could not be flushed (error {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
