using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>Writes entries that were already checked, and checks the actual unpacked bytes again.</summary>
internal sealed class ArchiveExtractor(Stream archive, string target)
{
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

    // The names were checked already; this is a second safeguard.
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
        await using var file = Create(entry, path);
        await foreach (var piece in new EntryContent(archive, entry).ReadAsync(cancellationToken))
        {
            await file.WriteAsync(piece, cancellationToken);
        }
    }

    private static FileStream Create(ZipEntry entry, string path)
    {
        try
        {
            return new FileStream(path, Options(entry));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw ZipProblems.One(
                ArchiveCodes.EntryCaseCollision,
                $"The entry `{entry.Shown}` is the same file as another one here, where case does not count."
            );
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
}
