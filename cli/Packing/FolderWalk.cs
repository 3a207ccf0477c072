using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Archives;

namespace Trainyard.Cli.Packing;

/// <summary>
/// Goes through a folder. Links are followed, as <c>zip -r</c> does, since an archive may not hold any; what is neither
/// file nor folder stays out.
/// </summary>
internal sealed class FolderWalk(string root, IgnorePatterns ignore, CancellationToken cancellationToken)
{
    // The service refuses more than this.
    private static readonly int MostEntries = ArchiveLimits.Widest.MaxEntries;
    private static readonly long MostBytes = ArchiveLimits.Widest.MaxTotalBytes;

    private const int Deepest = 255;

    private readonly List<FolderEntry> _entries = [];
    private readonly List<string> _remarks = [];

    // The folders we are in, from the top on.
    private readonly List<FileFacts> _path = [];

    public IReadOnlyList<FolderEntry> Entries => _entries;

    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>The bytes of all files.</summary>
    public long Bytes { get; private set; }

    public void Run() => Walk("");

    private void Walk(string folder)
    {
        _path.Add(FactsOf(folder));
        var before = _entries.Count;
        foreach (var item in ItemsOf(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = folder.Length == 0 ? item.Name : $"{folder}/{item.Name}";
            Take(item, name, FactsOf(name));
        }
        if (_entries.Count == before && folder.Length > 0)
        {
            Add(new FolderEntry(folder, IsFolder: true));
        }
        _path.RemoveAt(_path.Count - 1);
    }

    private void Take(FileSystemInfo item, string name, FileFacts facts)
    {
        if (ignore.Ignores(name, facts.Kind is FileKind.Folder))
        {
            return;
        }
        if (ReasonAgainst(item, facts) is { } reason)
        {
            _remarks.Add($"`{name}` is left out: {reason}.");
            return;
        }
        if (item.LinkTarget is { } target && !IsBelow(target, item))
        {
            _remarks.Add($"`{name}` is a link that leads out of the folder: what is at {target} is sent.");
        }
        if (facts.Kind is FileKind.Folder)
        {
            Walk(name);
        }
        else
        {
            Add(new FolderEntry(name, IsFolder: false, facts.Length));
        }
    }

    private string? ReasonAgainst(FileSystemInfo item, FileFacts facts) =>
        facts.Kind switch
        {
            FileKind.Pipe => "it is a pipe",
            FileKind.Socket => "it is a socket",
            FileKind.Device => "it is a device",
            FileKind.Loop => "it is a link that leads to itself",
            FileKind.Nothing when item.LinkTarget is { } target => $"it is a link to {target}, where nothing is",
            FileKind.Nothing => "its name is not UTF-8, or it has just been deleted",
            FileKind.Folder when item.LinkTarget is not null && IsLoop(facts) =>
                "it is a link to a folder that it lies in",
            FileKind.Folder when _path.Count > Deepest => $"it lies more than {Deepest} folders deep",
            _ => null,
        };

    // When the system gives no identity for a folder, the link to it is not followed, since it could be a loop.
    private bool IsLoop(FileFacts facts) => facts.Identity is null || _path.Any(p => p.Identity == facts.Identity);

    private bool IsBelow(string target, FileSystemInfo link)
    {
        var top = Path.GetFullPath(root).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        var place = Path.GetFullPath(target, Path.GetDirectoryName(link.FullName)!);
        return (place + Path.DirectorySeparatorChar).StartsWith(top, StringComparison.Ordinal);
    }

    private void Add(FolderEntry entry)
    {
        if (_entries.Count == MostEntries)
        {
            throw CliFailure.InvalidInput(
                "too_many_files",
                $"The model has more than {MostEntries} files: list in {IgnorePatterns.FileName} what is not needed."
            );
        }
        _entries.Add(entry);
        Bytes += entry.Length;
        if (Bytes > MostBytes)
        {
            var largest = _entries.MaxBy(e => e.Length)!;
            throw CliFailure.InvalidInput(
                "model_too_large",
                $"The model has more than {Words.Size(MostBytes)}, of which `{largest.Path}` has {Words.Size(largest.Length)}: "
                    + $"list in {IgnorePatterns.FileName} what is not code. Data belongs in a bucket."
            );
        }
    }

    private FileFacts FactsOf(string name) => Reading.Of(name, () => FileFacts.Of(Path.Combine(root, name)));

    private FileSystemInfo[] ItemsOf(string folder) =>
        Reading.Of(folder, () => new DirectoryInfo(Path.Combine(root, folder)).GetFileSystemInfos());
}
