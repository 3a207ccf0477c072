using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>Reads every entry of a zip by its central directory, and each one's local header beside it.</summary>
internal static class ZipReader
{
    // An entry has 46 fixed bytes, a name and small extra fields. A larger directory was made to do harm.
    private const int MostBytesAnEntry = 4 * 1024;

    /// <exception cref="ArchiveException">The archive cannot be read.</exception>
    public static async Task<IReadOnlyList<ZipEntry>> ReadAsync(
        Stream zip,
        ZipDirectory directory,
        int maxEntries,
        CancellationToken cancellationToken
    )
    {
        if (directory.Entries > maxEntries)
        {
            throw ZipProblems.One(
                ArchiveCodes.TooManyEntries,
                $"The archive has {directory.Entries} entries.",
                $"at most {maxEntries} files and folders"
            );
        }

        if (directory.Size > Math.Min(int.MaxValue / 2, (directory.Entries + 1) * MostBytesAnEntry))
        {
            throw ZipProblems.Damaged("its directory is far too large");
        }

        var bytes = new byte[directory.Size];
        await zip.ReadAtAsync(directory.Offset, bytes, cancellationToken);
        var entries = Entries(bytes, directory.Entries);
        var placed = entries.ConvertAll(e => e with { HeaderOffset = e.HeaderOffset + directory.Stub });
        return await ZipLocalHeaders.LocateAsync(zip, placed, directory.Offset, cancellationToken);
    }

    private static List<ZipEntry> Entries(ReadOnlySpan<byte> bytes, long count)
    {
        var reader = new ZipEntryReader(bytes);
        var entries = new List<ZipEntry>();
        while (!reader.AtEnd)
        {
            entries.Add(reader.Next());
        }

        return entries.Count == count
            ? entries.FindAll(e => !e.IsTop)
            : throw ZipProblems.Damaged($"its directory has {entries.Count} entries where its end says {count}");
    }
}
