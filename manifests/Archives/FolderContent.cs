namespace Trainyard.Manifests.Archives;

/// <summary>The files of a folder that go into its archive, in the archive's order.</summary>
/// <param name="Files">Relative paths with <c>/</c>, sorted by their characters' numbers.</param>
/// <param name="LeftOut">What is ignored, and symbolic links, which archives may not hold.</param>
internal sealed record FolderContent(IReadOnlyList<string> Files, IReadOnlyList<string> LeftOut)
{
    public static FolderContent Of(string folder)
    {
        var files = new List<string>();
        var leftOut = new List<string>();
        Walk(new DirectoryInfo(folder), "", IgnorePatterns.OfFolder(folder), files, leftOut);
        files.Sort(StringComparer.Ordinal);
        leftOut.Sort(StringComparer.Ordinal);
        return new(files, leftOut);
    }

    private static void Walk(
        DirectoryInfo folder,
        string prefix,
        IgnorePatterns ignore,
        List<string> files,
        List<string> leftOut
    )
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = prefix + item.Name;
            if (item.LinkTarget is not null || ignore.Ignores(path, item is DirectoryInfo))
            {
                leftOut.Add(path);
            }
            else if (item is DirectoryInfo inner)
            {
                Walk(inner, $"{path}/", ignore, files, leftOut);
            }
            else
            {
                files.Add(path);
            }
        }
    }
}
