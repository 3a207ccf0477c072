using System.Buffers.Binary;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>The extra fields beside an entry's name.</summary>
internal static class ZipExtra
{
    public const ushort Zip64 = 0x0001;
    public const ushort UnicodePath = 0x7075;

    /// <summary>The field's content; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> extras, ushort wanted)
    {
        while (extras.Length >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extras);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extras[2..]);
            if (length > extras.Length - 4)
            {
                break;
            }

            if (id == wanted)
            {
                return extras.Slice(4, length);
            }

            extras = extras[(4 + length)..];
        }

        return [];
    }
}
