namespace Trainyard.Tests.Shared;

/// <summary>Reads a folder in which running programs create and remove files meanwhile.</summary>
public static class FilesInUse
{
    /// <summary>The files below a folder that hold these bytes; what is removed meanwhile holds nothing.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, byte[] bytes) =>
        [.. FilesBelow(folder).Where(file => !IsLock(file) && Read(file).AsSpan().IndexOf(bytes) >= 0)];

    /// <summary>All files below a folder, links not followed. A folder that is removed meanwhile has none.</summary>
    public static IEnumerable<string> FilesBelow(string folder)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        return entries.SelectMany(entry =>
            entry is DirectoryInfo { LinkTarget: null } ? FilesBelow(entry.FullName) : [entry.FullName]
        );
    }

    /// <summary>What a file holds; nothing for one that is gone, or a link to nothing.</summary>
    public static byte[] Read(string file)
    {
        try
        {
            using var content = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(file))
        {
            // A link to a folder.
            return [];
        }
    }

    // Locks are held for their owner alone; there is nothing in them.
    private static bool IsLock(string file) => Path.GetExtension(file) == ".lock";
}
