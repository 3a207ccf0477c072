using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Agent.Files;

/// <summary>
/// Deletes a folder with everything that a command may have put into it: names of any bytes, paths of any length and
/// depth, folders without access rights. Each subfolder is first moved to the top and emptied there, so that nothing
/// is ever deep.
/// </summary>
internal sealed class TreeRemoval
{
    // If there are still entries after this many rounds, a live process is writing them.
    private const int MostRounds = 5;

    private readonly OpenFolder _top;
    private readonly Queue<byte[]> _moved = new();
    private string _prefix = "";
    private long _lastName;

    private TreeRemoval(OpenFolder top) => _top = top;

    /// <returns>False when something is left. Never throws.</returns>
    public static bool TryRemove(string path)
    {
        using (var folder = OpenFolder.TryOpen(path, unlocks: true))
        {
            if (folder is not null)
            {
                new TreeRemoval(folder).Empty();
            }
        }
        try
        {
            // The path is now an empty folder, or a file or link that was put in its place.
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            {
                Directory.Delete(path, recursive: false);
            }
            else
            {
                File.Delete(path);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Path.Exists(path);
        }
    }

    private void Empty()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            // Folders moved in this round are recognized by this prefix, and are not moved twice.
            _prefix = $"removed-{RandomNumberGenerator.GetHexString(8)}-";
            if (Clear(_top))
            {
                return;
            }
            while (_moved.TryDequeue(out var name))
            {
                Remove(name);
            }
        }
    }

    private void Remove(byte[] name)
    {
        using (var folder = _top.TryOpen(name))
        {
            if (folder is not null)
            {
                Clear(folder);
            }
        }
        _top.TryDeleteFolder(name);
    }

    /// <returns>Whether the folder was empty.</returns>
    private bool Clear(OpenFolder folder)
    {
        var wasEmpty = true;
        foreach (var entry in folder.Entries())
        {
            wasEmpty = false;
            if (entry.Type != EntryType.Folder)
            {
                folder.TryDeleteFile(entry.Name);
            }
            else if (!IsMoved(folder, entry.Name) && !folder.TryDeleteFolder(entry.Name))
            {
                MoveUp(folder, entry.Name);
            }
        }
        return wasEmpty;
    }

    private bool IsMoved(OpenFolder folder, byte[] name) =>
        ReferenceEquals(folder, _top) && name.AsSpan().StartsWith(Encoding.ASCII.GetBytes(_prefix));

    // An entry that cannot be moved, such as a mount point, stays as it is and is not opened.
    private void MoveUp(OpenFolder folder, byte[] name)
    {
        // Moving a folder also writes to the folder itself, which its mode may forbid.
        folder.TryOpen(name)?.Dispose();
        var newName = Encoding.ASCII.GetBytes(_prefix + ++_lastName);
        if (folder.TryMove(name, _top, newName))
        {
            _moved.Enqueue(newName);
        }
    }
}
