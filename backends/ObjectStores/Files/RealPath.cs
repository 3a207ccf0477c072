namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>Resolves all symbolic links in the part of a path that exists.</summary>
internal static class RealPath
{
    // The same limit as in Linux.
    private const int MostLinks = 40;

    public static string Of(string path) =>
        TryOf(path, out var real) ? real : throw new IOException("A path has too many symbolic links.");

    /// <summary>Resolves a path; false if its links form a cycle.</summary>
    public static bool TryOf(string path, out string real)
    {
        var links = 0;
        real = Follow(path, ref links);
        return links <= MostLinks;
    }

    private static string Follow(string path, ref int links)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null || links > MostLinks)
        {
            return path;
        }
        var folder = Follow(parent, ref links);
        var here = Path.Combine(folder, Path.GetFileName(path));
        if (new FileInfo(here).LinkTarget is not { } target)
        {
            return here;
        }
        links++;
        return Follow(Path.GetFullPath(target, folder), ref links);
    }
}
