using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Checkpoints;

/// <summary>Decides which files the next checkpoint has.</summary>
internal static class NextCheckpoint
{
    /// <summary>
    /// The files that were sent. While the command is writing, older committed files stay too: a file that could not
    /// be sent may need a file that has disappeared.
    /// </summary>
    public static Dictionary<string, CheckpointFile> Of(
        IReadOnlyCollection<CheckpointFile> brought,
        IReadOnlyDictionary<string, CheckpointFile> committed,
        bool isQuiet
    )
    {
        var files = brought.ToDictionary(f => f.Path, StringComparer.Ordinal);
        if (isQuiet)
        {
            return files;
        }
        var folders = files.Keys.SelectMany(FoldersOf).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, file) in committed)
        {
            // A name can be a file or a folder, but not both.
            if (!folders.Contains(path) && !FoldersOf(path).Any(files.ContainsKey))
            {
                files.TryAdd(path, file);
            }
        }
        return files;
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            yield return path[..end];
        }
    }
}
