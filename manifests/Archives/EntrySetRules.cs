using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>What the entries must fulfil together: names that stay apart on every file system, a bounded total.</summary>
internal static class EntrySetRules
{
    public static IEnumerable<ArchiveProblem> Check(IReadOnlyList<ZipEntry> entries, ArchiveLimits limits)
    {
        var named = entries.Where(e => e.Name is not null).ToList();
        return Collisions(named).Concat(FilesAsFolders(named)).Concat(Total(entries, limits));
    }

    private static IEnumerable<ArchiveProblem> Collisions(IEnumerable<ZipEntry> entries)
    {
        var seen = new Dictionary<string, ZipEntry>();
        foreach (var entry in entries)
        {
            if (seen.TryAdd(Folded(entry.Path), entry))
            {
                continue;
            }

            var first = seen[Folded(entry.Path)];
            yield return first.Path == entry.Path
                ? new(ArchiveCodes.EntryDuplicate, $"The entry `{entry.Shown}` is in the archive twice.", entry.Shown)
                : new(
                    ArchiveCodes.EntryCaseCollision,
                    $"The entries `{first.Shown}` and `{entry.Shown}` are the same file where case does not count.",
                    entry.Shown
                );
        }
    }

    private static IEnumerable<ArchiveProblem> FilesAsFolders(IReadOnlyList<ZipEntry> entries)
    {
        var files = entries.Where(e => !e.IsFolder).Select(e => e.Path).ToHashSet();
        return entries
            .Where(e => Parents(e.Path).Any(files.Contains))
            .Select(e => new ArchiveProblem(
                ArchiveCodes.EntryFileAndFolder,
                $"The entry `{e.Shown}` lies in a folder that is also a file.",
                e.Shown
            ));
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.IndexOf('/'); at > 0; at = path.IndexOf('/', at + 1))
        {
            yield return path[..at];
        }
    }

    private static IEnumerable<ArchiveProblem> Total(IEnumerable<ZipEntry> entries, ArchiveLimits limits)
    {
        var total = entries.Aggregate(0m, (sum, e) => sum + e.Bytes);
        if (total > limits.MaxTotalBytes)
        {
            yield return new(
                ArchiveCodes.TotalTooLarge,
                $"The archive unpacks to {total} bytes.",
                null,
                $"at most {limits.MaxTotalBytes} bytes"
            );
        }
    }

    private static string Folded(string path) => path.ToUpperInvariant();
}
