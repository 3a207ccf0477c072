using System.Buffers.Binary;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>Reads the records of a central directory, one after the other.</summary>
internal ref struct ZipEntryReader(ReadOnlySpan<byte> directory)
{
    private const uint Signature = 0x02014b50;
    private const int FixedSize = 46;

    private ReadOnlySpan<byte> _rest = directory;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <exception cref="ArchiveException">The record is none, or is cut off.</exception>
    public ZipEntry Next()
    {
        if (_rest.Length < FixedSize || BinaryPrimitives.ReadUInt32LittleEndian(_rest) != Signature)
        {
            throw ZipProblems.Damaged("its directory has something else where an entry should be");
        }

        var record = _rest;
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(record[28..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(record[30..]);
        var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);
        var size = FixedSize + nameLength + extraLength + commentLength;
        if (size > record.Length)
        {
            throw ZipProblems.Damaged("its directory is cut off");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(record[34..]) is not (0 or ushort.MaxValue))
        {
            throw ZipProblems.SeveralVolumes();
        }

        _rest = record[size..];
        var name = record.Slice(FixedSize, nameLength).ToArray();
        var extras = record.Slice(FixedSize + nameLength, extraLength);
        var sizes = Sizes.Of(record, extras);
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        var read = EntryName.Read(name, extras, flags, host: record[5]);
        return new()
        {
            Name = read.Text,
            GuessedCodePage = read.Guessed,
            MadeOnDos = EntryName.IsDos(record[5]),
            NameBytes = name,
            Flags = flags,
            Method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]),
            Crc = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]),
            PackedBytes = sizes.Packed,
            Bytes = sizes.Bytes,
            HeaderOffset = sizes.Offset,
            ExternalAttributes = BinaryPrimitives.ReadUInt32LittleEndian(record[38..]),
        };
    }

    // The ZIP64 extra field contains a 64-bit value for each 32-bit field that is full, in this order.
    private sealed record Sizes(long Bytes, long Packed, long Offset)
    {
        public static Sizes Of(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extras)
        {
            var extra = ZipExtra.Find(extras, ZipExtra.Zip64);
            var bytes = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[24..]), ref extra);
            var packed = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[20..]), ref extra);
            var offset = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[42..]), ref extra);
            return bytes >= 0 && packed >= 0 && offset >= 0
                ? new(bytes, packed, offset)
                : throw ZipProblems.Damaged("an entry has a negative size");
        }

        private static long Take(uint value, ref ReadOnlySpan<byte> extra)
        {
            if (value != uint.MaxValue)
            {
                return value;
            }

            if (extra.Length < sizeof(long))
            {
                throw ZipProblems.Damaged("an entry lacks its ZIP64 size");
            }

            var wide = BinaryPrimitives.ReadInt64LittleEndian(extra);
            extra = extra[sizeof(long)..];
            return wide;
        }
    }
}
