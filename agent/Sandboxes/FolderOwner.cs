using Trainyard.Agent.Jobs;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>Changes the owner of folders and their contents. Links are changed themselves, not followed.</summary>
internal static class FolderOwner
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    private static readonly EnumerationOptions Children = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    public const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes the command's user the owner of the command's own files in the attempt's folder.</summary>
    /// <exception cref="IOException">The system refuses the change.</exception>
    public static void Prepare(AttemptFolders folders, CommandUser user)
    {
        File.SetUnixFileMode(folders.LogSpool, ReadableByAll);
        if (user.IsAgent)
        {
            return;
        }
        Own(folders.Job, user.Id);
        foreach (var path in Directory.EnumerateFileSystemEntries(folders.Job, "*", Children))
        {
            GiveOfJob(path, folders, user.Id);
        }
        Give(folders.UserHome, user.Id);
        Give(folders.Temporary, user.Id);
    }

    // Data files keep their owner, because other runs may share them.
    private static void GiveOfJob(string path, AttemptFolders folders, uint user)
    {
        if (path == folders.Data)
        {
            Own(path, user);
            foreach (var folder in Directory.EnumerateDirectories(path, "*", Everything))
            {
                Own(folder, user);
            }
        }
        else if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Give(path, user);
        }
        else
        {
            Own(path, user);
        }
    }

    /// <exception cref="IOException">The system refuses the change.</exception>
    public static void Give(string folder, uint user)
    {
        Own(folder, user);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", Everything))
        {
            Own(path, user);
        }
    }

    private static void Own(string path, uint user)
    {
        if (!Native.TryOwn(path, user))
        {
            throw new IOException($"{Path.GetFileName(path)} cannot be given to the command's user, number {user}.");
        }
    }
}
