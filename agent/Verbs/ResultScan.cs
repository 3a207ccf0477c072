using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Finds the files that a command left in a folder, under any names. A file that cannot be stored is skipped with a log
/// line and does not keep others from being stored. Only for folders that nothing writes to any more.
/// </summary>
internal sealed class ResultScan(string root, string rootAsSeen, string prefix, ResultQuota quota, SkippedLines skipped)
{
    /// <summary>The names that the run's learners may not use.</summary>
    public ResultNames Names { get; init; } = ResultNames.OfOneLearner;

    /// <summary>The paths below the root that are no results of the command.</summary>
    public IReadOnlySet<string> Ignored { get; init; } = new HashSet<string>();

    private readonly ResultLinks _links = new(root, rootAsSeen);

    /// <exception cref="ResultsLimitException">The results exceed a limit.</exception>
    public IReadOnlyList<FoundFile> Run()
    {
        var found = new List<FoundFile>();
        using var folder = OpenFolder.TryOpen(root, unlocks: true);
        if (folder is not null)
        {
            Walk(folder, "", found);
        }
        return found;
    }

    private void Walk(OpenFolder folder, string path, List<FoundFile> found)
    {
        foreach (var entry in folder.Entries().Select(quota.Look).OrderBy(e => e.Shown, StringComparer.Ordinal))
        {
            var relative = path + (entry.Text ?? entry.Shown);
            if (Ignored.Contains(relative))
            {
                continue;
            }
            if (Refusal(entry, relative) is { } why)
            {
                Skip(relative, why);
            }
            else if (entry.Type == EntryType.Folder)
            {
                WalkInto(folder, entry, relative, found);
            }
            else if (Take(relative, entry.Type) is { } file)
            {
                found.Add(file);
            }
        }
    }

    private void WalkInto(OpenFolder parent, FolderEntry entry, string relative, List<FoundFile> found)
    {
        using var folder = parent.TryOpen(entry.Name);
        if (folder is null)
        {
            Skip(relative, "it is a folder that cannot be opened");
        }
        else
        {
            Walk(folder, relative + "/", found);
        }
    }

    private string? Refusal(FolderEntry entry, string relative) =>
        entry.Text is null ? "its name is not UTF-8" : Names.Refusal(prefix + relative, entry.Type == EntryType.Folder);

    private FoundFile? Take(string relative, EntryType type)
    {
        if (type == EntryType.Special)
        {
            return Skip(relative, "it is a pipe, a socket or a device");
        }
        var target = type == EntryType.Link ? _links.Resolve(relative) : relative;
        if (target is null)
        {
            return Skip(relative, "it is a link that leads nowhere or out of the folder");
        }
        var source = Path.Combine(root, target);
        if (Directory.Exists(source))
        {
            return Skip(relative, "it is a link to a folder");
        }
        using var handle = RegularFile.TryOpen(source) ?? RegularFile.TryUnlock(source);
        return handle is null
            ? Skip(relative, "it is no regular file, or cannot be read")
            : Take(relative, source, handle);
    }

    private FoundFile? Take(string relative, string source, SafeFileHandle handle)
    {
        var bytes = RandomAccess.GetLength(handle);
        if (quota.RefusalOfHoles(prefix + relative, handle, bytes) is { } why)
        {
            return Skip(relative, why);
        }
        quota.Add(bytes);
        return new FoundFile(source, prefix + relative) { Bytes = bytes };
    }

    private FoundFile? Skip(string relative, string why)
    {
        skipped.Add($"Did not store '{PrintableText.Of(prefix + relative)}': {why}.");
        return null;
    }
}
