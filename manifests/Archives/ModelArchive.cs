using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>Checks and unpacks model archives, which are untrusted input.</summary>
public static class ModelArchive
{
    /// <summary>
    /// Reads the archive's directory and reports everything that is wrong with it; verifies the checksums of the
    /// first <see cref="ArchiveLimits.MaxVerifiedBytes"/>. Writes nothing.
    /// </summary>
    /// <param name="archive">Seekable; it is left open, at any position.</param>
    public static async Task<ArchiveInspection> InspectAsync(
        Stream archive,
        ArchiveLimits? limits = null,
        CancellationToken cancellationToken = default
    )
    {
        limits ??= ArchiveLimits.Default;
        var (inspection, entries) = await ReadAsync(archive, limits, cancellationToken);
        return inspection.IsValid
            ? inspection with
            {
                Errors = await ContentCheck.RunAsync(archive, entries, limits.MaxVerifiedBytes, cancellationToken),
            }
            : inspection;
    }

    /// <summary>
    /// Unpacks into an empty or new folder. Sizes, totals and checksums are held while unpacking, on the
    /// bytes that really come out. On failure what was unpacked is left for the caller to remove.
    /// </summary>
    /// <exception cref="ArchiveException">The archive has problems, all of them inside.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static async Task<ArchiveInspection> ExtractAsync(
        Stream archive,
        string targetDirectory,
        ArchiveLimits? limits = null,
        CancellationToken cancellationToken = default
    )
    {
        var (inspection, entries) = await ReadAsync(archive, limits ?? ArchiveLimits.Default, cancellationToken);
        if (!inspection.IsValid)
        {
            throw new ArchiveException(inspection.Errors);
        }

        await new ArchiveExtractor(archive, targetDirectory).ExtractAsync(entries, cancellationToken);
        return inspection;
    }

    private static async Task<(ArchiveInspection Inspection, IReadOnlyList<ZipEntry> Entries)> ReadAsync(
        Stream archive,
        ArchiveLimits limits,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var directory = await ArchiveStart.OpenAsync(archive, limits, cancellationToken);
            var entries = await ZipReader.ReadAsync(archive, directory, limits.MaxEntries, cancellationToken);
            return (Inspect(entries, limits), entries);
        }
        catch (ArchiveException e)
        {
            return (new() { Errors = e.Problems, Warnings = [] }, []);
        }
    }

    private static ArchiveInspection Inspect(IReadOnlyList<ZipEntry> entries, ArchiveLimits limits)
    {
        var files = entries.Where(e => e is { IsFolder: false, Name: not null }).ToList();
        var errors = entries
            .SelectMany(e => EntryRules.Check(e, limits))
            .Concat(EntrySetRules.Check(entries, limits))
            .Concat(files.Count == 0 && entries.All(e => e.Name is not null) ? [ArchiveStart.Empty()] : [])
            .ToList();
        return new()
        {
            Errors = Bounded(errors, limits.MaxProblems),
            Warnings = Bounded([.. Guesses(entries), .. EntrySetRules.CaseCollisions(entries)], limits.MaxProblems),
            FileNames = [.. files.Select(e => e.Path)],
        };
    }

    private static IEnumerable<ArchiveProblem> Guesses(IEnumerable<ZipEntry> entries) =>
        entries
            .Where(e => e.GuessedCodePage)
            .Select(e => new ArchiveProblem(
                ArchiveCodes.EntryNameGuessed,
                $"The entry `{e.Shown}` does not say in which characters its name is written; it was read as code page 437.",
                e.Shown
            ));

    private static List<ArchiveProblem> Bounded(List<ArchiveProblem> problems, int most) =>
        problems.Count <= most
            ? problems
            :
            [
                .. problems.Take(most),
                new(ArchiveCodes.MoreProblems, $"{problems.Count - most} more problems are not shown."),
            ];
}
