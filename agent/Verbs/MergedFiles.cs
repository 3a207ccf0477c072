namespace Trainyard.Agent.Verbs;

/// <summary>
/// Merges the files of several folders into one tree: each path once, and no file where another file needs a folder.
/// </summary>
internal sealed class MergedFiles
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public List<FoundFile> Files { get; } = [];

    public bool TryAdd(FoundFile file)
    {
        var above = FoldersOf(file.Path).ToList();
        if (_folders.Contains(file.Path) || above.Exists(_paths.Contains) || !_paths.Add(file.Path))
        {
            return false;
        }
        _folders.UnionWith(above);
        Files.Add(file);
        return true;
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}
