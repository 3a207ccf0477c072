using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Checkpoints;

/// <summary>
/// A folder that a command writes to at the same time. No file outside the folder is ever opened, whatever links the
/// command makes and swaps.
/// </summary>
internal sealed class LiveFolder
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
    };

    private readonly string _root;
    private readonly string _below;
    private readonly ResultLinks _links;

    /// <param name="root">The folder; it must exist.</param>
    /// <param name="rootAsSeen">The folder's path as the command sees it.</param>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    public LiveFolder(string root, string rootAsSeen)
    {
        _root = root;
        using var folder = Native.OpenNoFollow(root);
        _below = (PathOf(folder) ?? throw new IOException($"'{root}' cannot be opened.")) + "/";
        _links = new ResultLinks(root, rootAsSeen);
    }

    /// <summary>The present files that a checkpoint can contain, by their paths below the folder.</summary>
    /// <exception cref="IOException">The folder has too many files.</exception>
    public IReadOnlyList<FoundFile> List()
    {
        var found = new List<FoundFile>();
        Walk("", found);
        return found;
    }

    /// <returns>Null when the file is no longer a readable regular file of this folder.</returns>
    public SafeFileHandle? TryOpen(FoundFile file)
    {
        var handle = RegularFile.TryOpen(file.Source);
        if (handle is null || PathOf(handle)?.StartsWith(_below, StringComparison.Ordinal) is true)
        {
            return handle;
        }
        handle.Dispose();
        return null;
    }

    private void Walk(string folder, List<FoundFile> found)
    {
        foreach (var entry in Entries(folder))
        {
            var relative = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            var isLink = entry.LinkTarget is not null;
            if (!isLink && entry is DirectoryInfo)
            {
                Walk(relative, found);
            }
            else if (BlobName.TryParse(relative, out _) && Target(relative, isLink) is { } target)
            {
                Add(found, new FoundFile(Path.Combine(_root, target), relative));
            }
        }
    }

    private static void Add(List<FoundFile> found, FoundFile file)
    {
        if (found.Count == CheckpointCommit.MostFiles)
        {
            throw new IOException($"The folder has more than {CheckpointCommit.MostFiles} files.");
        }
        found.Add(file);
    }

    private List<FileSystemInfo> Entries(string folder)
    {
        try
        {
            var path = new DirectoryInfo(Path.Combine(_root, folder));
            return [.. path.EnumerateFileSystemInfos("*", Everything).OrderBy(e => e.Name, StringComparer.Ordinal)];
        }
        catch (IOException)
        {
            // The folder was deleted after it was listed.
            return [];
        }
    }

    private string? Target(string relative, bool isLink) => isLink ? _links.Resolve(relative) : relative;

    /// <summary>
    /// The real path of an open file, without links. It comes from the kernel, so the command cannot falsify it.
    /// </summary>
    private static string? PathOf(SafeFileHandle file) =>
        file.IsInvalid ? null : new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget;
}
