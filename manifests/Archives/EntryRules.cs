using System.Text;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>The rules for a single entry.</summary>
internal static class EntryRules
{
    private const uint Symlink = 0xA000;
    private const uint Folder = 0x4000;
    private const uint File = 0x8000;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private const long SmallestForRatio = 1 << 20;
    private const int LongestPart = 255;

    public static IEnumerable<ArchiveProblem> Check(ZipEntry entry, ArchiveLimits limits) =>
        new[]
        {
            Name(entry, limits),
            Kind(entry),
            Method(entry),
            Size(entry, limits),
            Ratio(entry, limits),
        }.OfType<ArchiveProblem>();

    private static ArchiveProblem? Name(ZipEntry entry, ArchiveLimits limits)
    {
        if (entry.Name is not { } name)
        {
            return Problem(
                entry,
                ArchiveCodes.EntryNameEncoding,
                "has a name that is neither UTF-8 nor of Windows' tools",
                "UTF-8 names; rename the file, or zip it with a tool that writes UTF-8"
            );
        }

        if (name.StartsWith('/') || HasDrive(entry, name) || name.Split('/', '\\').Contains(".."))
        {
            return Problem(
                entry,
                ArchiveCodes.EntryOutside,
                "points outside the archive's folder",
                "relative paths without `..` and without a drive"
            );
        }

        var parts = entry.Path.Split('/');
        return name.Contains('\\') ? BadName(entry, "has a backslash, though it was not made on Windows")
            : name.Any(char.IsControl) ? BadName(entry, "has a control character")
            : parts.Any(p => p is "" or ".") ? BadName(entry, "has an empty part")
            : entry.NameBytes.Length > limits.MaxNameBytes
            || parts.Any(p => Encoding.UTF8.GetByteCount(p) > LongestPart)
                ? BadName(entry, "is too long")
            : parts.Length > limits.MaxDepth ? BadName(entry, "is nested too deeply")
            : null;
    }

    private static ArchiveProblem BadName(ZipEntry entry, string what) =>
        Problem(entry, ArchiveCodes.EntryName, what, "names of visible characters, parts joined by `/`");

    // A colon is allowed on Unix, but `C:/` names a drive on every system.
    private static bool HasDrive(ZipEntry entry, string name) =>
        name is [var letter, ':', .. var rest]
        && char.IsAsciiLetter(letter)
        && (entry.MadeOnDos || rest is ['/' or '\\', ..]);

    private static ArchiveProblem? Kind(ZipEntry entry) =>
        entry.FileType switch
        {
            0 or File or Folder => null,
            Symlink => Problem(entry, ArchiveCodes.EntrySymlink, "is a symbolic link", "files and folders"),
            _ => Problem(entry, ArchiveCodes.EntryDevice, "is a device, pipe or socket", "files and folders"),
        };

    private static ArchiveProblem? Method(ZipEntry entry) =>
        entry.IsEncrypted ? Problem(entry, ArchiveCodes.EntryEncrypted, "is encrypted", "entries without password")
        : entry.Method is not (Stored or Deflated)
            ? Problem(
                entry,
                ArchiveCodes.EntryMethod,
                $"is packed with method {entry.Method}",
                "deflate (8) or stored (0)"
            )
        : entry.Method == Stored && entry.PackedBytes != entry.Bytes
            ? Problem(entry, ArchiveCodes.EntryMismatch, "has two different sizes", null)
        : null;

    private static ArchiveProblem? Size(ZipEntry entry, ArchiveLimits limits) =>
        entry.Bytes > limits.MaxEntryBytes
            ? Problem(
                entry,
                ArchiveCodes.EntryTooLarge,
                $"unpacks to {entry.Bytes} bytes",
                $"at most {limits.MaxEntryBytes} bytes"
            )
            : null;

    private static ArchiveProblem? Ratio(ZipEntry entry, ArchiveLimits limits) =>
        entry.Bytes > SmallestForRatio && entry.Bytes / Math.Max(1, entry.PackedBytes) > limits.MaxRatio
            ? Problem(
                entry,
                ArchiveCodes.EntryRatio,
                "declares more than its bytes can unpack to, as in a zip bomb",
                $"at most {limits.MaxRatio} bytes for each packed byte"
            )
            : null;

    private static ArchiveProblem Problem(ZipEntry entry, string code, string what, string? allowed) =>
        new(code, $"The entry `{entry.Shown}` {what}.", entry.Shown, allowed);
}
