namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Looks through the folder of a container for files that match.</summary>
internal sealed class BlobFolder(string root, BlobPattern pattern)
{
    private static readonly string[] TemporaryExtensions = [".part", ".tmp", ".crdownload"];

    // Links could lead anywhere, round in circles too. Names with a leading dot count as hidden.
    private static readonly EnumerationOptions Files = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    public string Root => root;

    public IEnumerable<BlobFile> Enumerate()
    {
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", Files))
        {
            if (TemporaryExtensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }
            var name = Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            // Pipes, sockets and devices have no length, and to open one could wait for ever.
            if (pattern.Match(name) is { } values && VersionOf(file) is { Size: > 0 } version)
            {
                yield return new BlobFile(name, file.FullName, version, values);
            }
        }
    }

    private static BlobVersion? VersionOf(FileInfo file)
    {
        try
        {
            return new BlobVersion(file.Length, file.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
