using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Checkpoints;

/// <summary>Decides which files the next checkpoint has.</summary>
internal static class NextCheckpoint
{
    /// <summary>
    /// What was brought over. Where the command is still at it, a file that has gone may be needed by one that could not
    /// be brought over: nothing is dropped then.
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
            // A name can be a file's or a folder's, not both.
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
