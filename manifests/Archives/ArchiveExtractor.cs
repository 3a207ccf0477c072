using System.IO.Compression;
using System.IO.Hashing;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>Writes entries that were already checked, and checks again what really comes out of them.</summary>
internal sealed class ArchiveExtractor(Stream archive, string target)
{
    private const int BufferSize = 81_920;
    private const ushort Stored = 0;
    private const UnixFileMode Usual =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Execute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _root = Path.GetFullPath(target);

    public async Task ExtractAsync(IReadOnlyList<ZipEntry> entries, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_root);
        if (Directory.EnumerateFileSystemEntries(_root).Any())
        {
            throw new IOException($"The folder to unpack into is not empty: {_root}");
        }

        foreach (var entry in entries)
        {
            var path = PathOf(entry);
            if (entry.IsFolder)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await WriteAsync(entry, path, cancellationToken);
        }
    }

    // The names were checked; this holds even if a check were ever forgotten.
    private string PathOf(ZipEntry entry)
    {
        var path = Path.GetFullPath(Path.Combine(_root, entry.Path));
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw ZipProblems.One(
                ArchiveCodes.EntryOutside,
                $"The entry `{entry.Shown}` points outside the archive's folder."
            );
    }

    private async Task WriteAsync(ZipEntry entry, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, Options(entry));
        await using var packed = new StreamSlice(archive, entry.DataOffset, entry.PackedBytes);
        await using var source =
            entry.Method == Stored
                ? packed
                : new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true) as Stream;
        var crc = new Crc32();
        var left = entry.Bytes;
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await ReadAsync(entry, source, buffer, cancellationToken)) > 0)
        {
            left -= read;
            if (left < 0)
            {
                throw Broken(entry, "unpacks to more than it declares");
            }

            crc.Append(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (left > 0 || crc.GetCurrentHashAsUInt32() != entry.Crc)
        {
            throw Broken(entry, "does not match its checksum");
        }
    }

    private static async Task<int> ReadAsync(
        ZipEntry entry,
        Stream source,
        byte[] buffer,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw Broken(entry, "is damaged");
        }
    }

    private static FileStreamOptions Options(ZipEntry entry)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            PreallocationSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            var runs = entry.Permissions.HasFlag(UnixFileMode.UserExecute);
            options.UnixCreateMode = runs ? Usual | Execute : Usual;
        }

        return options;
    }

    private static ArchiveException Broken(ZipEntry entry, string what) =>
        new([new ArchiveProblem(ArchiveCodes.Damaged, $"The entry `{entry.Shown}` {what}.", entry.Shown)]);
}
