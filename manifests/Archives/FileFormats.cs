namespace Trainyard.Manifests.Archives;

/// <summary>
/// Recognizes a file format by its first bytes, so that a refusal can name what was sent instead of a zip.
/// </summary>
internal static class FileFormats
{
    public const int BytesNeeded = 512;

    private static readonly (string Name, int Offset, byte[] Sign)[] Known =
    [
        ("a gzip file (perhaps .tar.gz)", 0, [0x1F, 0x8B]),
        ("a bzip2 file", 0, "BZh"u8.ToArray()),
        ("an xz file", 0, [0xFD, .. "7zXZ"u8, 0]),
        ("a Zstandard file", 0, [0x28, 0xB5, 0x2F, 0xFD]),
        ("an LZ4 file", 0, [0x04, 0x22, 0x4D, 0x18]),
        ("a compress (.Z) file", 0, [0x1F, 0x9D]),
        ("a 7z archive", 0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C]),
        ("a RAR archive", 0, "Rar!\u001A\u0007"u8.ToArray()),
        ("a tar archive", 257, "ustar"u8.ToArray()),
        ("a cpio archive", 0, "07070"u8.ToArray()),
        ("an ar archive", 0, "!<arch>"u8.ToArray()),
        ("a cabinet file", 0, "MSCF"u8.ToArray()),
        ("an LZH archive", 2, "-lh"u8.ToArray()),
        ("a PDF document", 0, "%PDF"u8.ToArray()),
        ("an HDF5 file", 0, [0x89, .. "HDF"u8]),
        ("a Windows program", 0, "MZ"u8.ToArray()),
        ("a Linux program", 0, [0x7F, .. "ELF"u8]),
        ("a Python pickle", 0, [0x80, 0x04, 0x95]),
        ("an HTML page", 0, "<!DOCTYPE html"u8.ToArray()),
        ("an HTML page", 0, "<html"u8.ToArray()),
        ("an XML document", 0, "<?xml"u8.ToArray()),
        ("a shell or Python script", 0, "#!"u8.ToArray()),
    ];

    public static bool IsZip(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    public static bool IsSplitZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0007\u0008"u8);

    /// <summary>Whether it starts as a script or program does.</summary>
    public static bool IsProgram(ReadOnlySpan<byte> start) =>
        start.StartsWith("#!"u8) || start.StartsWith("MZ"u8) || start.StartsWith("\u007FELF"u8);

    /// <summary>Such as <c>a gzip file</c>, or null when it is not known.</summary>
    public static string? Name(ReadOnlySpan<byte> start)
    {
        foreach (var (name, offset, sign) in Known)
        {
            if (start.Length >= offset + sign.Length && start[offset..].StartsWith(sign))
            {
                return name;
            }
        }

        return start.IndexOfAnyInRange((byte)0, (byte)8) < 0 ? "a text file" : null;
    }
}
