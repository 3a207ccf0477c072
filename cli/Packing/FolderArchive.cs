using System.IO.Compression;
using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Packing;

/// <summary>Zips a folder reproducibly: the same files give the same bytes, whenever and wherever they lie.</summary>
internal static class FolderArchive
{
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int FolderOfDos = 0x10;
    private const int Mode644 = 0b110_100_100;
    private const int Mode755 = 0b111_101_101;
    private const int BufferSize = 128 * 1024;

    // The earliest time that a zip can hold.
    public static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="folder">The folder whose content becomes the archive's top.</param>
    /// <param name="content">The part of the folder to pack.</param>
    /// <param name="output">Need not be seekable; it is left open.</param>
    /// <param name="packed">Is told the bytes of files that were packed since it was last told.</param>
    /// <param name="cancellationToken">Stops packing.</param>
    /// <exception cref="CliFailure">A file cannot be read.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static async Task WriteAsync(
        string folder,
        FolderContent content,
        Stream output,
        Action<long> packed,
        CancellationToken cancellationToken
    )
    {
        await using var zip = await ZipArchive.CreateAsync(
            output,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            cancellationToken
        );
        foreach (var entry in content.Entries)
        {
            if (entry.IsFolder)
            {
                AddFolder(zip, entry.Path);
            }
            else
            {
                await AddFileAsync(zip, folder, entry.Path, packed, cancellationToken);
            }
        }
    }

    private static void AddFolder(ZipArchive zip, string path)
    {
        var entry = zip.CreateEntry(path + '/', CompressionLevel.NoCompression);
        entry.LastWriteTime = FixedTime;
        entry.ExternalAttributes = ((Folder | Mode755) << 16) | FolderOfDos;
    }

    private static async Task AddFileAsync(
        ZipArchive zip,
        string folder,
        string path,
        Action<long> packed,
        CancellationToken cancellationToken
    )
    {
        await using var source = Reading.Of(path, () => Open(Path.Combine(folder, path)));
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = FixedTime;
        entry.ExternalAttributes = (RegularFile | (Runs(source) ? Mode755 : Mode644)) << 16;
        await using var target = await entry.OpenAsync(cancellationToken);
        await CopyAsync(source, path, target, packed, cancellationToken);
    }

    private static FileStream Open(string path) =>
        new(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );

    // Copies only the size found before: a file that grows as fast as it is read has no end.
    private static async Task CopyAsync(
        FileStream source,
        string path,
        Stream target,
        Action<long> packed,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[BufferSize];
        for (var left = source.Length; left > 0; )
        {
            var read = await ReadAsync(
                source,
                path,
                buffer.AsMemory(0, (int)Math.Min(left, BufferSize)),
                cancellationToken
            );
            if (read == 0)
            {
                return;
            }
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
            packed(read);
        }
    }

    private static async Task<int> ReadAsync(
        FileStream source,
        string path,
        Memory<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            throw Reading.Failure(path, e);
        }
    }

    private static bool Runs(FileStream file) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(file.SafeFileHandle).HasFlag(UnixFileMode.UserExecute);
}
