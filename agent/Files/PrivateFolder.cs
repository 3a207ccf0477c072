namespace Trainyard.Agent.Files;

/// <summary>Folders that only the agent's own user may look into.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Create(string path)
    {
        Directory.CreateDirectory(path, Owner);
        return path;
    }

    /// <summary>Deletes a folder whatever a command left inside; false when something stays behind. Never fails.</summary>
    public static bool TryDelete(string path) => TreeRemoval.TryRemove(path);
}
