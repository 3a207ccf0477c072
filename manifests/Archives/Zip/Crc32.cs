namespace Trainyard.Manifests.Archives.Zip;

/// <summary>The checksum of zip entries (CRC-32, reflected polynomial EDB88320), eight bytes at a step.</summary>
internal struct Crc32()
{
    private static readonly uint[][] Tables = MakeTables();

    private uint _state = uint.MaxValue;

    public readonly uint Value => ~_state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var state = _state;
        while (bytes.Length >= 8)
        {
            state ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            state =
                Tables[7][(byte)state]
                ^ Tables[6][(byte)(state >> 8)]
                ^ Tables[5][(byte)(state >> 16)]
                ^ Tables[4][state >> 24]
                ^ Tables[3][bytes[4]]
                ^ Tables[2][bytes[5]]
                ^ Tables[1][bytes[6]]
                ^ Tables[0][bytes[7]];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            state = Tables[0][(byte)(state ^ b)] ^ state >> 8;
        }

        _state = state;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var t = 0; t < tables.Length; t++)
        {
            tables[t] = new uint[256];
            for (var i = 0u; i < 256; i++)
            {
                tables[t][i] = t == 0 ? OfByte(i) : tables[0][(byte)tables[t - 1][i]] ^ tables[t - 1][i] >> 8;
            }
        }

        return tables;
    }

    private static uint OfByte(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ value >> 1;
        }

        return value;
    }
}
