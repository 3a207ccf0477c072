namespace Trainyard.Manifests.Archives.Zip;

/// <summary>One entry as the central directory describes it.</summary>
internal sealed record ZipEntry
{
    private const uint FolderType = 0x4000;
    private const uint DosFolder = 0x10;

    /// <summary>The path with <c>/</c> between its parts; null when its bytes cannot be read as text.</summary>
    public required string? Name { get; init; }

    /// <summary>Whether the name was read by the old code page of DOS, which is a guess.</summary>
    public required bool GuessedCodePage { get; init; }

    /// <summary>Whether the writer says that it ran on a system with drives and backslashes.</summary>
    public required bool MadeOnDos { get; init; }

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

    public bool IsFolder => Name is [.., '/'] || Bytes == 0 && (FileType == FolderType || MadeOnDos && HasFolderBit);

    /// <summary>The archive's own top folder, which some tools write as <c>./</c>.</summary>
    public bool IsTop => Name == EntryName.Top;

    public string Path => Name!.TrimEnd('/');

    private bool HasFolderBit => (ExternalAttributes & DosFolder) != 0;

    /// <summary>What messages call it.</summary>
    public string Shown => Manifests.Yaml.Quote.Shorten(Name ?? "(a name that is not UTF-8)");

    /// <summary>The type bits of a Unix mode; 0 when the writer kept none.</summary>
    public uint FileType => ExternalAttributes >> 16 & 0xF000;

    public UnixFileMode Permissions => (UnixFileMode)(ExternalAttributes >> 16 & 0x1FF);

    public bool IsEncrypted => (Flags & (1 | 1 << 6 | 1 << 13)) != 0 || Method == 99;
}
