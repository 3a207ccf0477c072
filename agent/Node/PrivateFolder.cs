namespace Trainyard.Agent.Node;

/// <summary>Folders that only the agent's own user may look into.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Create(string path)
    {
        Directory.CreateDirectory(path, Owner);
        return path;
    }

    /// <summary>Deletes a folder whatever modes a command left inside; false when something stays behind.</summary>
    public static bool TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TryDeleteAfterUnlocking(path);
        }
    }

    private static bool TryDeleteAfterUnlocking(string path)
    {
        try
        {
            Unlock(new DirectoryInfo(path));
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Unlock(DirectoryInfo folder)
    {
        File.SetUnixFileMode(folder.FullName, Owner);
        foreach (var inner in folder.EnumerateDirectories())
        {
            if (inner.LinkTarget is null)
                Unlock(inner);
        }
    }
}
