using System.Buffers.Binary;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>
/// Finds each entry's data by its local header, and holds the two descriptions of an entry against each
/// other: a zip whose headers disagree shows one thing to a checker and another to an unpacker.
/// </summary>
internal static class ZipLocalHeaders
{
    private const uint Signature = 0x04034b50;
    private const int FixedSize = 30;

    public static async Task<IReadOnlyList<ZipEntry>> LocateAsync(
        Stream zip,
        IReadOnlyList<ZipEntry> entries,
        long directoryOffset,
        CancellationToken cancellationToken
    )
    {
        var located = new ZipEntry[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            located[i] = await LocateAsync(zip, entries[i], directoryOffset, cancellationToken);
        }

        RefuseOverlaps(located, directoryOffset);
        return located;
    }

    private static async Task<ZipEntry> LocateAsync(
        Stream zip,
        ZipEntry entry,
        long directoryOffset,
        CancellationToken cancellationToken
    )
    {
        if (entry.HeaderOffset > directoryOffset - FixedSize - entry.NameBytes.Length)
        {
            throw ZipProblems.Damaged($"the entry {entry.Shown} lies outside it");
        }

        var header = new byte[FixedSize + entry.NameBytes.Length];
        await zip.ReadAtAsync(entry.HeaderOffset, header, cancellationToken);
        RefuseMismatch(entry, header);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        var dataOffset = entry.HeaderOffset + header.Length + extraLength;
        return dataOffset <= directoryOffset && entry.PackedBytes <= directoryOffset - dataOffset
            ? entry with
            {
                DataOffset = dataOffset,
            }
            : throw ZipProblems.Damaged($"the entry {entry.Shown} reaches beyond its end");
    }

    private static void RefuseMismatch(ZipEntry entry, ReadOnlySpan<byte> header)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Signature)
        {
            throw ZipProblems.Damaged($"the entry {entry.Shown} has no header");
        }

        var sameName =
            BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) == entry.NameBytes.Length
            && header[FixedSize..].SequenceEqual(entry.NameBytes);
        if (!sameName || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != entry.Method)
        {
            throw new ArchiveException([
                new(
                    ArchiveCodes.EntryMismatch,
                    $"The entry {entry.Shown} is described in two different ways.",
                    entry.Shown
                ),
            ]);
        }
    }

    private static void RefuseOverlaps(IEnumerable<ZipEntry> entries, long directoryOffset)
    {
        var end = 0L;
        foreach (var entry in entries.OrderBy(e => e.HeaderOffset))
        {
            if (entry.HeaderOffset < end)
            {
                throw new ArchiveException([
                    new(
                        ArchiveCodes.EntriesOverlap,
                        $"The entry {entry.Shown} lies inside another entry, as in a zip bomb.",
                        entry.Shown
                    ),
                ]);
            }

            end = entry.DataOffset + entry.PackedBytes;
        }

        if (end > directoryOffset)
        {
            throw ZipProblems.Damaged("its entries reach into its directory");
        }
    }
}
