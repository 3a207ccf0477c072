using System.Buffers.Binary;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>Where a zip file's central directory is. Reads ZIP64 too.</summary>
/// <param name="Offset">Its place in the file.</param>
/// <param name="Stub">Bytes before the zip proper that its own offsets don't count, as in a self-extracting file.</param>
internal sealed record ZipDirectory(long Offset, long Size, long Entries, long Stub)
{
    private const uint EntrySignature = 0x02014b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int Locator64Size = 20;
    private const int End64Size = 56;
    private const int LongestComment = ushort.MaxValue;

    /// <summary>
    /// The directory that the file's last bytes lead to, or null. A record counts as the end only when the
    /// directory really lies before it: a comment or trailing bytes may hold anything.
    /// </summary>
    /// <exception cref="Problems.ArchiveException">It is in other volumes, or there are two.</exception>
    public static async Task<ZipDirectory?> FindAsync(Stream zip, CancellationToken cancellationToken)
    {
        var tail = new byte[Math.Min(zip.Length, ZipEnd.Size + LongestComment)];
        await zip.ReadAtAsync(zip.Length - tail.Length, tail, cancellationToken);
        var found = new List<(ZipEnd End, ZipDirectory Directory)>();
        foreach (var end in ZipEnd.Candidates(tail, zip.Length - tail.Length))
        {
            if (await OfAsync(zip, end, cancellationToken) is { } directory)
            {
                found.Add((end, directory));
            }
        }

        if (found.Count == 0)
        {
            return ZipEnd.NamesVolumes(tail) ? throw ZipProblems.SeveralVolumes() : null;
        }

        // Two records can both end the file, one inside the other's comment. Tools disagree about which one counts.
        return found.Count(f => f.End.ReachesEnd) > 1
            ? throw ZipProblems.Damaged("it has two ends, each with a directory of its own")
            : found.OrderByDescending(f => f.End.ReachesEnd).First().Directory;
    }

    private static async Task<ZipDirectory?> OfAsync(Stream zip, ZipEnd end, CancellationToken cancellationToken)
    {
        var (at, offset, size, entries) = (
            end.At,
            (long)end.DirectoryOffset,
            (long)end.DirectorySize,
            (long)end.Entries
        );
        if (await Read64Async(zip, end.At, cancellationToken) is { } wide)
        {
            (at, offset, size, entries) = wide;
        }

        if (offset < 0 || size < 0 || entries < 0 || size > at || offset > at - size)
        {
            return null;
        }

        var directory = new ZipDirectory(at - size, size, entries, at - size - offset);
        return await StartsWithEntryAsync(zip, directory, cancellationToken) ? directory : null;
    }

    private static async Task<bool> StartsWithEntryAsync(
        Stream zip,
        ZipDirectory directory,
        CancellationToken cancellationToken
    )
    {
        if (directory.Size < sizeof(uint))
        {
            // An empty zip consists of its end record alone; other matches only look like one.
            return directory is { Size: 0, Entries: 0, Offset: 0, Stub: 0 };
        }

        return await SignatureAsync(zip, directory.Offset, cancellationToken) == EntrySignature;
    }

    // The locator gives the ZIP64 end's place without a stub before it; then the end lies just before the locator.
    private static async Task<(long At, long Offset, long Size, long Entries)?> Read64Async(
        Stream zip,
        long endAt,
        CancellationToken cancellationToken
    )
    {
        var locatorAt = endAt - Locator64Size;
        if (locatorAt < End64Size || await SignatureAsync(zip, locatorAt, cancellationToken) != Locator64Signature)
        {
            return null;
        }

        var locator = new byte[Locator64Size];
        await zip.ReadAtAsync(locatorAt, locator, cancellationToken);
        foreach (var at in (long[])[BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)), locatorAt - End64Size])
        {
            if (
                at >= 0
                && at <= locatorAt - End64Size
                && await SignatureAsync(zip, at, cancellationToken) == End64Signature
            )
            {
                var end = new byte[End64Size];
                await zip.ReadAtAsync(at, end, cancellationToken);
                return (
                    at,
                    BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)),
                    BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(40)),
                    BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32))
                );
            }
        }

        return null;
    }

    private static async Task<uint> SignatureAsync(Stream zip, long at, CancellationToken cancellationToken)
    {
        var signature = new byte[sizeof(uint)];
        await zip.ReadAtAsync(at, signature, cancellationToken);
        return BinaryPrimitives.ReadUInt32LittleEndian(signature);
    }
}
