using System.Buffers;
using System.Security.Cryptography;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Archives;
using Trainyard.Storage;

namespace Trainyard.Backends.Blobs;

/// <summary>
/// The files with the blobs' contents. File names are generated, so no blob name reaches the file system.
/// </summary>
internal sealed class BlobFiles(string folder, DiskReserve reserve)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>
    /// In-memory contents up to this size may use the disk reserve: plans and receipts, which runs need to end.
    /// </summary>
    private const int LargestOwn = 4 * 1024 * 1024;

    /// <summary>Bytes written between two checks of the free disk space.</summary>
    private const int BytesBetweenLooks = 8 * 1024 * 1024;

    // Prefix of the file names of this process, so that a sweep spares files that are still being written.
    private readonly string _session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private long _last;

    /// <summary>
    /// A name for a new file, in one of at most 256 folders, so that no folder gets too long to list.
    /// </summary>
    public string NewName()
    {
        var number = Interlocked.Increment(ref _last);
        return $"{number & 0xFF:x2}/{_session}-{number:x}";
    }

    /// <summary>Writes the contents of several blobs, which follow one another, into one new file; durable before it returns.</summary>
    /// <exception cref="BlobChecksumException">A content is another one than its SHA-256 says.</exception>
    /// <exception cref="InsufficientStorageException">There is no room for them.</exception>
    public async Task WritePackAsync(
        string name,
        IReadOnlyList<NewBlob> blobs,
        Stream contents,
        CancellationToken cancellationToken
    )
    {
        reserve.EnsureRoom();
        try
        {
            var path = PathOf(name);
            CreateFolderOf(path);
            await using var file = new FileStream(path, DurableFiles.NewPrivateFile());
            foreach (var blob in blobs)
            {
                await AppendToPackAsync(file, blob, contents, cancellationToken);
            }
            file.Flush(flushToDisk: true);
            DurableFiles.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (IOException e) when (e is not InsufficientStorageException && InsufficientStorageException.IsMeantBy(e))
        {
            throw new InsufficientStorageException(e);
        }
    }

    private async Task AppendToPackAsync(
        FileStream file,
        NewBlob blob,
        Stream contents,
        CancellationToken cancellationToken
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var before = file.Position;
        await CopyAsync(new AtMostStream(contents, blob.Bytes), file, hash, cancellationToken);
        if (file.Position - before != blob.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != blob.Sha256)
        {
            throw new BlobChecksumException(blob.Name);
        }
    }

    /// <summary>Writes a new file, durable before it returns, and gives its length and SHA-256.</summary>
    /// <exception cref="InsufficientStorageException">There is no room for it.</exception>
    public async Task<(long Bytes, string Sha256)> WriteAsync(
        string name,
        Stream content,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await WriteNewAsync(PathOf(name), content, cancellationToken);
        }
        catch (IOException e) when (e is not InsufficientStorageException && InsufficientStorageException.IsMeantBy(e))
        {
            throw new InsufficientStorageException(e);
        }
    }

    /// <summary>Creates an empty file; its content is durable after <see cref="AppendAsync"/>.</summary>
    public void Create(string name)
    {
        var path = PathOf(name);
        CreateFolderOf(path);
        new FileStream(path, DurableFiles.NewPrivateFile()).Dispose();
        DurableFiles.FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes at a position and truncates anything behind it; durable before it returns.</summary>
    /// <exception cref="InsufficientStorageException">There is no room for it.</exception>
    public async Task AppendAsync(
        string name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        reserve.EnsureRoomForLog();
        try
        {
            await WriteAtAsync(name, offset, content, cancellationToken);
        }
        catch (IOException e) when (e is not InsufficientStorageException && InsufficientStorageException.IsMeantBy(e))
        {
            throw new InsufficientStorageException(e);
        }
    }

    private async Task<(long Bytes, string Sha256)> WriteNewAsync(
        string path,
        Stream content,
        CancellationToken cancellationToken
    )
    {
        var isOwn = content is MemoryStream { Length: <= LargestOwn };
        if (!isOwn)
        {
            reserve.EnsureRoom();
        }
        CreateFolderOf(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, DurableFiles.NewPrivateFile());
        var bytes = await CopyAsync(content, file, hash, cancellationToken);
        file.Flush(flushToDisk: true);
        DurableFiles.FlushFolder(Path.GetDirectoryName(path)!);
        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private async Task WriteAtAsync(
        string name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        await using var file = new FileStream(
            PathOf(name),
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            }
        );
        file.SetLength(offset);
        file.Position = offset;
        await file.WriteAsync(content, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Opens a range of a content; null when its file is gone.</summary>
    public RangeStream? TryOpen(string name, long offset, long length)
    {
        var (file, start) = PackedFile.Split(name);
        return TryOpen(file) is { } open ? new RangeStream(open, start + offset, length) : null;
    }

    private FileStream? TryOpen(string name)
    {
        try
        {
            return new FileStream(
                PathOf(name),
                new FileStreamOptions
                {
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    Options = FileOptions.Asynchronous,
                }
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (DirectoryNotFoundException)
        {
            // Its folder was never created: nothing to delete.
        }
    }

    /// <summary>The files of earlier processes, whether a blob uses them or not.</summary>
    public IEnumerable<string> FromEarlierProcesses() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => !Path.GetFileName(name).StartsWith(_session, StringComparison.Ordinal))
            : [];

    private async Task<long> CopyAsync(
        Stream content,
        FileStream file,
        IncrementalHash hash,
        CancellationToken cancellationToken
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var unlooked = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                unlooked += read;
                if (unlooked < BytesBetweenLooks)
                {
                    continue;
                }
                unlooked = 0;
                reserve.EnsureRoom();
            }
            return file.Position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CreateFolderOf(string path)
    {
        var parent = Path.GetDirectoryName(path)!;
        if (Directory.Exists(parent))
        {
            return;
        }
        DurableFiles.CreatePrivateFolder(parent);
        DurableFiles.FlushFolder(folder);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
