using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>Reads every entry of a zip by its central directory, and each one's local header beside it.</summary>
internal static class ZipReader
{
    // 46 fixed bytes and a name; extras are small. Anything bigger is no honest directory.
    private const int MostBytesAnEntry = 4 * 1024;

    /// <exception cref="ArchiveException">The archive cannot be read.</exception>
    public static async Task<IReadOnlyList<ZipEntry>> ReadAsync(
        Stream zip,
        int maxEntries,
        CancellationToken cancellationToken
    )
    {
        var directory = await ZipDirectory.FindAsync(zip, cancellationToken);
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
        return await ZipLocalHeaders.LocateAsync(zip, entries, directory.Offset, cancellationToken);
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
            ? entries
            : throw ZipProblems.Damaged($"its directory has {entries.Count} entries where its end says {count}");
    }
}
