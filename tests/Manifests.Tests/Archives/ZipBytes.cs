using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Trainyard.Manifests.Tests.Archives;

/// <summary>Writes zips byte by byte, so that tests can write what no honest tool would.</summary>
internal sealed class ZipBytes
{
    private readonly List<Item> _items = [];

    public sealed record Item(string Name)
    {
        public byte[] Content { get; init; } = "hello"u8.ToArray();
        public byte[]? RawName { get; init; }
        public byte[]? LocalName { get; init; }
        public uint Attributes { get; init; }
        public ushort Flags { get; init; } = 0x800;
        public ushort Method { get; init; } = 8;
        public long? DeclaredBytes { get; init; }
        public long? HeaderOffset { get; init; }
        public bool Zip64 { get; init; }
        public uint? Crc { get; init; }

        /// <summary>The system that it says it was made on: 0 FAT, 3 Unix, 10 and 11 NTFS.</summary>
        public byte Host { get; init; } = 3;

        /// <summary>The UTF-8 name that Info-ZIP's field gives.</summary>
        public string? UnicodePath { get; init; }
    }

    public string Comment { get; init; } = "";

    /// <summary>Bytes before the zip, which its offsets don't count.</summary>
    public byte[] Stub { get; init; } = [];

    /// <summary>Whether the offsets count from the file's first byte all the same.</summary>
    public bool CountsStub { get; init; }

    public byte[] Trailing { get; init; } = [];
    public int? DeclaredEntries { get; init; }
    public bool Zip64End { get; init; }

    public ZipBytes Add(string name, string content = "hello") =>
        Add(new Item(name) { Content = Encoding.UTF8.GetBytes(content) });

    public ZipBytes Add(Item item)
    {
        _items.Add(item);
        return this;
    }

    public MemoryStream ToStream()
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(CountsStub ? Stub : []);
        var offsets = _items.Select(item => WriteLocal(writer, item)).ToList();
        var start = stream.Position;
        foreach (var (item, offset) in _items.Zip(offsets))
        {
            WriteCentral(writer, item, item.HeaderOffset ?? offset);
        }

        WriteEnd(writer, start, stream.Position - start);
        return new([.. CountsStub ? [] : Stub, .. stream.ToArray(), .. Trailing]);
    }

    private static long WriteLocal(BinaryWriter writer, Item item)
    {
        var offset = writer.BaseStream.Position;
        var name = item.LocalName ?? NameOf(item);
        var packed = Packed(item);
        writer.Write(0x04034b50u);
        writer.Write((ushort)20);
        writer.Write(item.Flags);
        writer.Write(item.Method);
        writer.Write(0u);
        writer.Write(Crc(item));
        writer.Write((uint)packed.Length);
        writer.Write((uint)(item.DeclaredBytes ?? item.Content.Length));
        writer.Write((ushort)name.Length);
        writer.Write((ushort)0);
        writer.Write(name);
        writer.Write(packed);
        return offset;
    }

    private static void WriteCentral(BinaryWriter writer, Item item, long offset)
    {
        var name = NameOf(item);
        var bytes = item.DeclaredBytes ?? item.Content.Length;
        writer.Write(0x02014b50u);
        writer.Write((ushort)(item.Host << 8 | 20));
        writer.Write((ushort)20);
        writer.Write(item.Flags);
        writer.Write(item.Method);
        writer.Write(0u);
        writer.Write(Crc(item));
        writer.Write(item.Zip64 ? uint.MaxValue : (uint)Packed(item).Length);
        writer.Write(item.Zip64 ? uint.MaxValue : (uint)bytes);
        writer.Write((ushort)name.Length);
        var unicodePath = UnicodePathField(item);
        writer.Write((ushort)((item.Zip64 ? 28 : 0) + unicodePath.Length));
        writer.Write(0u);
        writer.Write((ushort)0);
        writer.Write(item.Attributes);
        writer.Write(item.Zip64 ? uint.MaxValue : (uint)offset);
        writer.Write(name);
        if (item.Zip64)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            writer.Write(bytes);
            writer.Write((long)Packed(item).Length);
            writer.Write(offset);
        }

        writer.Write(unicodePath);
    }

    private static byte[] UnicodePathField(Item item)
    {
        if (item.UnicodePath is null)
        {
            return [];
        }

        var name = Encoding.UTF8.GetBytes(item.UnicodePath);
        return
        [
            .. BitConverter.GetBytes((ushort)0x7075),
            .. BitConverter.GetBytes((ushort)(5 + name.Length)),
            1,
            .. BitConverter.GetBytes(Crc32.HashToUInt32(NameOf(item))),
            .. name,
        ];
    }

    private void WriteEnd(BinaryWriter writer, long start, long size)
    {
        var count = DeclaredEntries ?? _items.Count;
        if (Zip64End)
        {
            var end64 = writer.BaseStream.Position;
            writer.Write(0x06064b50u);
            writer.Write(44L);
            writer.Write(45u | 45u << 16);
            writer.Write(0L);
            writer.Write((long)count);
            writer.Write((long)count);
            writer.Write(size);
            writer.Write(start);
            writer.Write(0x07064b50u);
            writer.Write(0u);
            writer.Write(end64);
            writer.Write(1u);
        }

        writer.Write(0x06054b50u);
        writer.Write(0u);
        writer.Write(Zip64End ? ushort.MaxValue : (ushort)count);
        writer.Write(Zip64End ? ushort.MaxValue : (ushort)count);
        writer.Write(Zip64End ? uint.MaxValue : (uint)size);
        writer.Write(Zip64End ? uint.MaxValue : (uint)start);
        writer.Write((ushort)Comment.Length);
        writer.Write(Encoding.Latin1.GetBytes(Comment));
    }

    private static byte[] NameOf(Item item) => item.RawName ?? Encoding.UTF8.GetBytes(item.Name);

    private static byte[] Packed(Item item)
    {
        if (item.Method != 8)
        {
            return item.Content;
        }

        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(item.Content);
        }

        return packed.ToArray();
    }

    private static uint Crc(Item item) => item.Crc ?? Crc32.HashToUInt32(item.Content);
}
