using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>The rules for all entries together: no clashing names, a bounded total.</summary>
internal static class EntrySetRules
{
    public static IEnumerable<ArchiveProblem> Check(IReadOnlyList<ZipEntry> entries, ArchiveLimits limits)
    {
        var named = entries.Where(e => e.Name is not null).ToList();
        return Duplicates(named).Concat(FilesAsFolders(named)).Concat(Total(entries, limits));
    }

    /// <summary>Names that differ only in case: two files on Linux, one file elsewhere.</summary>
    public static IEnumerable<ArchiveProblem> CaseCollisions(IEnumerable<ZipEntry> entries) =>
        entries
            .Where(e => e.Name is not null)
            .DistinctBy(e => e.Path)
            .GroupBy(e => e.Path.ToUpperInvariant())
            .Where(g => g.Skip(1).Any())
            .Select(g => new ArchiveProblem(
                ArchiveCodes.EntryCaseCollision,
                $"The entries `{g.First().Shown}` and `{g.Last().Shown}` are the same file where case does not count.",
                g.Last().Shown
            ));

    // Two entries may name the same folder.
    private static IEnumerable<ArchiveProblem> Duplicates(IEnumerable<ZipEntry> entries)
    {
        var seen = new Dictionary<string, ZipEntry>();
        foreach (var entry in entries)
        {
            if (!seen.TryAdd(entry.Path, entry) && !(entry.IsFolder && seen[entry.Path].IsFolder))
            {
                yield return new(
                    ArchiveCodes.EntryDuplicate,
                    $"The entry `{entry.Shown}` is in the archive twice.",
                    entry.Shown
                );
            }
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
}
