using System.Buffers.Binary;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>The end of a zip file: where its central directory is. Reads ZIP64 too.</summary>
internal sealed record ZipDirectory(long Offset, long Size, long Entries)
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int EndSize = 22;
    private const int Locator64Size = 20;
    private const int End64Size = 56;
    private const int LongestComment = ushort.MaxValue;

    /// <exception cref="ArchiveException">There is none, or it contradicts the file.</exception>
    public static async Task<ZipDirectory> FindAsync(Stream zip, CancellationToken cancellationToken)
    {
        var tail = new byte[Math.Min(zip.Length, EndSize + LongestComment + Locator64Size)];
        var tailStart = zip.Length - tail.Length;
        await zip.ReadAtAsync(tailStart, tail, cancellationToken);
        var at = FindEnd(tail);
        if (at < 0)
        {
            throw ZipProblems.Damaged("its end is missing; perhaps the upload or download broke off");
        }

        var end = tail.AsMemory(at);
        RefuseVolumes(end.Span);
        var found = new ZipDirectory(
            BinaryPrimitives.ReadUInt32LittleEndian(end.Span[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end.Span[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(end.Span[10..])
        );
        var mustEndAt = tailStart + at;
        if (Locator(tail, at) is { } offset64)
        {
            found = await Read64Async(zip, offset64, cancellationToken);
            mustEndAt = offset64;
        }

        return found.Offset >= 0 && found.Size >= 0 && found.Offset + found.Size == mustEndAt
            ? found
            : throw ZipProblems.Damaged("its directory is not where its end says");
    }

    // The comment's length must lead exactly to the end of the file, so that no second end can hide in it.
    private static int FindEnd(ReadOnlySpan<byte> tail)
    {
        for (var at = tail.Length - EndSize; at >= 0; at--)
        {
            var end = tail[at..];
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(end) == EndSignature
                && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == end.Length - EndSize
            )
            {
                return at;
            }
        }

        return -1;
    }

    private static void RefuseVolumes(ReadOnlySpan<byte> end)
    {
        var disk = BinaryPrimitives.ReadUInt16LittleEndian(end[4..]);
        var directoryDisk = BinaryPrimitives.ReadUInt16LittleEndian(end[6..]);
        if (disk is not (0 or ushort.MaxValue) || directoryDisk is not (0 or ushort.MaxValue))
        {
            throw ZipProblems.SeveralVolumes();
        }
    }

    private static long? Locator(ReadOnlySpan<byte> tail, int endAt)
    {
        if (endAt < Locator64Size)
        {
            return null;
        }

        var locator = tail.Slice(endAt - Locator64Size, Locator64Size);
        return BinaryPrimitives.ReadUInt32LittleEndian(locator) == Locator64Signature
            ? BinaryPrimitives.ReadInt64LittleEndian(locator[8..])
            : null;
    }

    private static async Task<ZipDirectory> Read64Async(Stream zip, long offset, CancellationToken cancellationToken)
    {
        var end = new byte[End64Size];
        if (offset < 0 || offset > zip.Length - End64Size)
        {
            throw ZipProblems.Damaged("its ZIP64 end lies outside the file");
        }

        await zip.ReadAtAsync(offset, end, cancellationToken);
        return BinaryPrimitives.ReadUInt32LittleEndian(end) == End64Signature
            ? new(
                BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)),
                BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(40)),
                BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32))
            )
            : throw ZipProblems.Damaged("its ZIP64 end is missing");
    }
}
