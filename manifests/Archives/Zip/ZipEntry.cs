namespace Trainyard.Manifests.Archives.Zip;

/// <summary>One entry as the central directory describes it.</summary>
internal sealed record ZipEntry
{
    /// <summary>The path, or null when its bytes are no UTF-8.</summary>
    public required string? Name { get; init; }

    public required byte[] NameBytes { get; init; }
    public required ushort Flags { get; init; }
    public required ushort Method { get; init; }
    public required uint Crc { get; init; }
    public required long PackedBytes { get; init; }
    public required long Bytes { get; init; }
    public required long HeaderOffset { get; init; }
    public required uint ExternalAttributes { get; init; }

    /// <summary>Where the packed data starts; known once the local header was read.</summary>
    public long DataOffset { get; init; }

    public bool IsFolder => Name is [.., '/'];

    public string Path => Name!.TrimEnd('/');

    /// <summary>What messages call it.</summary>
    public string Shown => Manifests.Yaml.Quote.Shorten(Name ?? "(a name that is not UTF-8)");

    /// <summary>The type bits of a Unix mode; 0 when the writer kept none.</summary>
    public uint FileType => ExternalAttributes >> 16 & 0xF000;

    public UnixFileMode Permissions => (UnixFileMode)(ExternalAttributes >> 16 & 0x1FF);

    public bool IsEncrypted => (Flags & (1 | 1 << 6 | 1 << 13)) != 0 || Method == 99;
}
