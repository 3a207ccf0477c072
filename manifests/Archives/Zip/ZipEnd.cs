using System.Buffers.Binary;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>One record that could be the end of a zip file. Bytes after it are allowed, as unzip allows them.</summary>
/// <param name="At">Its place in the file.</param>
/// <param name="ReachesEnd">Its comment leads exactly to the end of the file.</param>
internal sealed record ZipEnd(long At, bool ReachesEnd, uint DirectoryOffset, uint DirectorySize, ushort Entries)
{
    public const int Size = 22;

    private const uint Signature = 0x06054b50;

    /// <summary>Those in the file's last bytes, the last one first.</summary>
    public static IEnumerable<ZipEnd> Candidates(byte[] tail, long tailStart)
    {
        for (var at = tail.Length - Size; at >= 0; at--)
        {
            if (Read(tail.AsSpan(at), tailStart + at) is { } end)
            {
                yield return end;
            }
        }
    }

    private static ZipEnd? Read(ReadOnlySpan<byte> bytes, long at)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Signature)
        {
            return null;
        }

        var after = bytes.Length - Size - BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]);
        return after >= 0 && !SeveralVolumes(bytes)
            ? new(
                at,
                after == 0,
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..])
            )
            : null;
    }

    /// <summary>Whether a record in the file's last bytes speaks of other volumes.</summary>
    public static bool NamesVolumes(ReadOnlySpan<byte> tail)
    {
        for (var at = tail.Length - Size; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == Signature && SeveralVolumes(tail[at..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SeveralVolumes(ReadOnlySpan<byte> end) =>
        BinaryPrimitives.ReadUInt16LittleEndian(end[4..]) is not (0 or ushort.MaxValue)
        || BinaryPrimitives.ReadUInt16LittleEndian(end[6..]) is not (0 or ushort.MaxValue);
}
