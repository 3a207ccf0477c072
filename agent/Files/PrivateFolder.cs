namespace Trainyard.Agent.Files;

/// <summary>Folders that only the agent's own user can read.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Create(string path)
    {
        Directory.CreateDirectory(path, Owner);
        return path;
    }

    /// <summary>Deletes a folder with any content of a command; false when something is left. Never throws.</summary>
    public static bool TryDelete(string path) => TreeRemoval.TryRemove(path);
}
