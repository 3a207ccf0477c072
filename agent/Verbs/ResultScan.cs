using Trainyard.Agent.Processes;
using Trainyard.Contracts;

namespace Trainyard.Agent.Verbs;

/// <summary>A file to stage: where it lies, and its path in the run's folder of the results bucket.</summary>
internal sealed record FoundFile(string Source, string Path);

/// <summary>Finds what a command left in a folder. Only for folders that nothing writes to any more.</summary>
internal sealed class ResultScan(string root, string rootAsSeen, string prefix, Action<string> skipped)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Paths below the root that are none of the command's results.</summary>
    public IReadOnlySet<string> Ignored { get; init; } = new HashSet<string>();

    private readonly ResultLinks links = new(root, rootAsSeen);

    public IReadOnlyList<FoundFile> Run()
    {
        var found = new List<FoundFile>();
        Walk("", found);
        return found;
    }

    private void Walk(string folder, List<FoundFile> found)
    {
        foreach (var entry in Open(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var relative = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (Ignored.Contains(relative))
                continue;
            if (entry.LinkTarget is null && entry is DirectoryInfo)
                Walk(relative, found);
            else if (Take(relative, entry.LinkTarget is not null) is { } file)
                found.Add(file);
        }
    }

    // A command may have left a folder that even its owner may not look into.
    private DirectoryInfo Open(string relative)
    {
        var folder = new DirectoryInfo(Path.Combine(root, relative));
        folder.UnixFileMode |= Readable;
        return folder;
    }

    private FoundFile? Take(string relative, bool isLink)
    {
        var name = prefix + relative;
        if (!BlobName.TryParse(name, out _))
            return Skip(relative, "its name is not possible in a bucket");
        var target = isLink ? links.Resolve(relative) : relative;
        if (target is null)
            return Skip(relative, "it is a link that leads nowhere or out of the folder");
        return TakeFile(relative, Path.Combine(root, target), name);
    }

    private FoundFile? TakeFile(string relative, string source, string name)
    {
        if (Directory.Exists(source))
            return Skip(relative, "it is a link to a folder");
        using var handle = RegularFile.TryOpen(source) ?? RegularFile.TryUnlock(source);
        return handle is null
            ? Skip(relative, "it is no regular file, or cannot be read")
            : new FoundFile(source, name);
    }

    private FoundFile? Skip(string relative, string why)
    {
        skipped($"Did not store '{Printable(prefix + relative)}': {why}.");
        return null;
    }

    private static string Printable(string path) =>
        string.Concat(path.Take(300).Select(c => char.IsControl(c) ? '?' : c));
}
