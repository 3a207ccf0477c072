using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Reads the records of a growing event file: a length, its checksum, the data, the data's checksum. An incomplete
/// record is read at a later look.
/// </summary>
internal sealed class EventRecords
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;

    /// <summary>Scalars are small; a larger record is a graph or an image, and is skipped.</summary>
    private const int LargestRead = 1024 * 1024;

    /// <summary>How often an invalid record is read again, because its last write may be incomplete.</summary>
    private const int MostLooks = 3;

    private readonly byte[] _header = new byte[HeaderBytes];
    private long _position;
    private int _looks;

    /// <summary>Whether the file is not an event file or is broken, so that no further record can be found.</summary>
    public bool IsBroken => _looks >= MostLooks;

    /// <summary>The complete records that were not read yet.</summary>
    public IEnumerable<byte[]> ReadNew(SafeFileHandle file)
    {
        while (!IsBroken && RandomAccess.Read(file, _header, _position) == HeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(_header);
            if (!IsChecked(_header.AsSpan(0, 8), _header.AsSpan(8)) || length > long.MaxValue / 2)
            {
                _looks++;
                yield break;
            }
            var end = _position + HeaderBytes + (long)length + FooterBytes;
            if (RandomAccess.GetLength(file) < end)
            {
                yield break;
            }
            if (length <= LargestRead)
            {
                if (Read(file, (int)length) is not { } record)
                {
                    _looks++;
                    yield break;
                }
                yield return record;
            }
            _position = end;
            _looks = 0;
        }
    }

    private byte[]? Read(SafeFileHandle file, int length)
    {
        var bytes = new byte[length + FooterBytes];
        return
            RandomAccess.Read(file, bytes, _position + HeaderBytes) == bytes.Length
            && IsChecked(bytes.AsSpan(0, length), bytes.AsSpan(length))
            ? bytes[..length]
            : null;
    }

    // The checksum is masked (rotated and shifted), because checksums of data that contains checksums are weak.
    private static bool IsChecked(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> written)
    {
        var crc = Crc(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(written) == BitOperations.RotateRight(crc, 15) + 0xA282EAD8u;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }
        return ~crc;
    }
}
