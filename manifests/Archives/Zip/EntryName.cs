using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Unicode;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>
/// Reads an entry's name as the tools of its time wrote it: UTF-8; or, of Windows' own tools, the code page of
/// DOS and backslashes between the parts; or bytes that a field of Info-ZIP's explains.
/// </summary>
internal static class EntryName
{
    /// <summary>What the name of the archive's own folder is read as.</summary>
    public const string Top = "./";

    private const ushort Utf8Flag = 1 << 11;
    private static readonly Encoding CodePage437 = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    /// <summary>Whether the "made by" byte names FAT, NTFS (two numbers are in use) or VFAT.</summary>
    public static bool IsDos(byte host) => host is 0 or 10 or 11 or 14;

    public static (string? Text, bool Guessed) Read(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> extras,
        ushort flags,
        byte host
    )
    {
        var (text, guessed) = Decode(bytes, extras, flags, host);
        return (text is null ? null : Plain(IsDos(host) ? text.Replace('\\', '/') : text), guessed);
    }

    private static (string? Text, bool Guessed) Decode(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> extras,
        ushort flags,
        byte host
    )
    {
        if ((flags & Utf8Flag) == 0 && !Ascii.IsValid(bytes) && UnicodePath(bytes, extras) is { } path)
        {
            return (path, false);
        }

        return Utf8.IsValid(bytes) ? (Encoding.UTF8.GetString(bytes), false)
            : (flags & Utf8Flag) == 0 && IsDos(host) ? (CodePage437.GetString(bytes), true)
            : (null, false);
    }

    // The field holds a version, the checksum of the plain name, and the Unicode name. A different checksum means that it
    // is out of date.
    private static string? UnicodePath(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> extras)
    {
        var field = ZipExtra.Find(extras, ZipExtra.UnicodePath);
        if (field.Length < 6 || field[0] != 1)
        {
            return null;
        }

        return
            BinaryPrimitives.ReadUInt32LittleEndian(field[1..]) == Crc32.HashToUInt32(bytes) && Utf8.IsValid(field[5..])
            ? Encoding.UTF8.GetString(field[5..])
            : null;
    }

    // `./a` and `a/./b` become `a` and `a/b`. The rules refuse all other odd names.
    private static string Plain(string name)
    {
        var parts = name.Split('/');
        if (!parts.Contains("."))
        {
            return name;
        }

        var plain = string.Join('/', parts.Where(p => p != "."));
        return plain.Length == 0 ? Top
            : parts[^1] == "." ? $"{plain}/"
            : plain;
    }
}
