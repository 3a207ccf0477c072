using System.IO.Compression;

namespace Trainyard.Manifests.Archives;

/// <summary>Zips a folder reproducibly: the same files give the same bytes, whenever and wherever they lie.</summary>
public static class ArchiveBuilder
{
    private const int RegularFile = 0x8000;
    private const int FileMode644 = 0b110_100_100;
    private const int FileMode755 = 0b111_101_101;

    // The earliest time that a zip can hold.
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="folder">The folder whose content becomes the archive's top.</param>
    /// <param name="output">Need not be seekable; it is left open.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static async Task<ArchiveBuild> FromFolderAsync(
        string folder,
        Stream output,
        CancellationToken cancellationToken = default
    )
    {
        var content = FolderContent.Of(folder);
        long bytes = 0;
        await using var zip = await ZipArchive.CreateAsync(
            output,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            cancellationToken
        );
        foreach (var path in content.Files)
        {
            bytes += await AddAsync(zip, folder, path, cancellationToken);
        }

        return new(content.Files.Count, bytes, content.LeftOut);
    }

    private static async Task<long> AddAsync(
        ZipArchive zip,
        string folder,
        string path,
        CancellationToken cancellationToken
    )
    {
        var file = new FileInfo(Path.Combine(folder, path));
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = FixedTime;
        entry.ExternalAttributes = (RegularFile | (Runs(file) ? FileMode755 : FileMode644)) << 16;
        await using var source = file.OpenRead();
        await using var target = await entry.OpenAsync(cancellationToken);
        await source.CopyToAsync(target, cancellationToken);
        return source.Length;
    }

    private static bool Runs(FileInfo file) =>
        !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
}

/// <param name="Files">Files in the archive.</param>
/// <param name="Bytes">Their bytes, unpacked.</param>
/// <param name="LeftOut">Paths left out; a folder left out stands for all in it.</param>
public sealed record ArchiveBuild(int Files, long Bytes, IReadOnlyList<string> LeftOut);
