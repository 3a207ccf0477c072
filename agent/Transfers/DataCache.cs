using Microsoft.Extensions.Logging;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// The data that earlier runs fetched, one file per content. A file is added whole or not at all, and is never written
/// again; a file that was changed all the same is not given out. Runs keep their shared files, even after the cache
/// drops them.
/// </summary>
/// <param name="folder">The folder of the cache; nobody else uses it.</param>
/// <param name="most">The limit for all files together in bytes; 0 for no cache.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger of the agent.</param>
internal sealed class DataCache(string folder, long most, TimeProvider time, ILogger logger)
{
    // A trim removes more than one file, because listing all files takes a while.
    private const double KeptByTrim = 0.9;

    private readonly Lock _gate = new();
    private readonly string _files = Path.Combine(folder, "files");
    private readonly string _incoming = Path.Combine(folder, "incoming");
    private long? _bytes;
    private long _dropped;
    private bool _isEmpty;

    public bool IsOn => most > 0;

    /// <summary>Whether there is no file to drop.</summary>
    public bool IsEmpty => !IsOn || Volatile.Read(ref _isEmpty);

    /// <summary>The bytes of the files that were dropped since the agent's start.</summary>
    public long DroppedBytes => Interlocked.Read(ref _dropped);

    /// <summary>The disk space of its files.</summary>
    public DiskUse DiskUse(CancellationToken cancellationToken) =>
        IsEmpty ? default : TreeSize.Of(_files, cancellationToken);

    /// <summary>Prepares the folder that an earlier agent left.</summary>
    public void Open()
    {
        // A reboot may follow a crash, after which the files cannot be trusted. The mark is written before the first
        // file.
        if (!IsOn || BootMark.Differs(folder))
        {
            PrivateFolder.TryDelete(folder);
        }
        PrivateFolder.TryDelete(_incoming);
    }

    /// <summary>Puts the content at a path that does not exist yet.</summary>
    /// <param name="key">The key of the content.</param>
    /// <param name="path">A path on the same disk.</param>
    /// <param name="byLink">Whether to make a hard link instead of a copy.</param>
    public bool TryShare(CacheKey key, string path, bool byLink)
    {
        var kept = new FileInfo(PathOf(key));
        if (!IsOn || !kept.Exists)
        {
            return false;
        }
        if (kept.Length != key.Bytes || !WriteMark.IsOn(kept, key))
        {
            Log.CacheChanged(logger, kept.Name);
            Remove(kept);
            return false;
        }
        try
        {
            if (!byLink)
            {
                File.Copy(kept.FullName, path);
            }
            else if (!FileCalls.Link(kept.FullName, path))
            {
                return false;
            }
            File.SetLastAccessTimeUtc(kept.FullName, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A trim may just have deleted this file.
            File.Delete(path);
            return false;
        }
    }

    /// <summary>Adds a whole file. Never fails: after an error the file is not in the cache.</summary>
    /// <param name="key">The key of the content.</param>
    /// <param name="path">The path of a file that nobody writes to any more.</param>
    /// <param name="byLink">Whether to make a hard link instead of a copy.</param>
    public void Keep(CacheKey key, string path, bool byLink)
    {
        if (key.Bytes > most || File.Exists(PathOf(key)))
        {
            return;
        }
        try
        {
            MakeFolders(Path.GetDirectoryName(PathOf(key))!);
            if (byLink ? Link(key, path) : Copy(key, path))
            {
                Count(key.Bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CacheRefused(logger, e.Message);
        }
    }

    /// <summary>
    /// Deletes the least recently used files until the disk has the wanted free space or the cache is empty.
    /// </summary>
    public void MakeRoom(string disk, long wanted)
    {
        if (IsOn)
        {
            lock (_gate)
            {
                Trim(_ => DiskSpace.FreeAt(disk) < wanted);
            }
        }
    }

    // Made with the first file, because most nodes with small data never have one.
    private void MakeFolders(string ofFile)
    {
        if (Directory.Exists(ofFile))
        {
            return;
        }
        lock (_gate)
        {
            PrivateFolder.Create(folder);
            if (!Directory.Exists(_files))
            {
                BootMark.Write(folder);
            }
            PrivateFolder.Create(_incoming);
            PrivateFolder.Create(ofFile);
        }
    }

    private bool Link(CacheKey key, string path)
    {
        WriteMark.Set(path, key, time);
        return FileCalls.Link(path, PathOf(key));
    }

    private bool Copy(CacheKey key, string path)
    {
        var copy = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            File.Copy(path, copy);
            File.SetUnixFileMode(copy, DataFiles.Mode);
            WriteMark.Set(copy, key, time);
            return FileCalls.Link(copy, PathOf(key));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private void Count(long bytes)
    {
        lock (_gate)
        {
            Volatile.Write(ref _isEmpty, false);
            // The first count includes the new file already.
            _bytes = _bytes is { } known ? known + bytes : Files().Sum(f => f.Length);
            if (_bytes > most)
            {
                Trim(left => left > most * KeptByTrim);
            }
        }
    }

    /// <param name="goesOn">Whether a cache of this many bytes is still too large.</param>
    private void Trim(Func<long, bool> goesOn)
    {
        var byUse = Files().OrderBy(f => f.LastAccessTimeUtc).ToList();
        var left = byUse.Sum(f => f.Length);
        var (before, gone) = (left, 0);
        for (; gone < byUse.Count && goesOn(left); gone++)
        {
            left -= byUse[gone].Length;
            byUse[gone].Delete();
        }
        _bytes = left;
        Interlocked.Add(ref _dropped, before - left);
        Volatile.Write(ref _isEmpty, left == 0);
        if (gone > 0)
        {
            Log.CacheTrimmed(logger, gone, before - left, left);
        }
    }

    private IEnumerable<FileInfo> Files() =>
        Directory.Exists(_files) ? new DirectoryInfo(_files).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    private void Remove(FileInfo file)
    {
        lock (_gate)
        {
            file.Delete();
            _bytes = null;
        }
    }

    private string PathOf(CacheKey key) => Path.Combine(_files, key.Name[..2], key.Name);
}
