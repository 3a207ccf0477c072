using Microsoft.Extensions.Logging;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Data that earlier runs fetched, a file for each content. Files come in whole, or not at all; none is ever written again, and
/// one that was written to in spite of that is not given out. Runs keep what they share, whatever becomes of the cache.
/// </summary>
/// <param name="folder">Nobody else's.</param>
/// <param name="most">Bytes of all together; 0 for no cache.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Of the agent.</param>
internal sealed class DataCache(string folder, long most, TimeProvider time, ILogger logger)
{
    // Not one file at a time: to look at all of them takes a while.
    private const double KeptByTrim = 0.9;

    private readonly Lock _gate = new();
    private readonly string _files = Path.Combine(folder, "files");
    private readonly string _incoming = Path.Combine(folder, "incoming");
    private long? _bytes;
    private bool _isEmpty;

    public bool IsOn => most > 0;

    /// <summary>Whether it has nothing to let go of.</summary>
    public bool IsEmpty => !IsOn || Volatile.Read(ref _isEmpty);

    /// <summary>Makes a folder of an earlier agent fit for use.</summary>
    public void Open()
    {
        // What the disk holds after the machine itself broke off is not known. The mark is older than the first file.
        if (!IsOn || BootMark.Differs(folder))
        {
            PrivateFolder.TryDelete(folder);
        }
        PrivateFolder.TryDelete(_incoming);
    }

    /// <summary>Puts the content at a path, where nothing is yet.</summary>
    /// <param name="key">The content.</param>
    /// <param name="path">On the same disk.</param>
    /// <param name="byLink">Whether it may be the same file.</param>
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
            // It was the longest unused just now.
            File.Delete(path);
            return false;
        }
    }

    /// <summary>Takes a whole file in. Never fails: then it is not in.</summary>
    /// <param name="key">The content.</param>
    /// <param name="path">A file that nobody writes to any more.</param>
    /// <param name="byLink">Whether it may be the same file.</param>
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

    /// <summary>Lets go of what was longest unused until a disk has as much room, or nothing is left.</summary>
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

    // With the first file: most nodes of small data never have one.
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
            // The first time it is found among the files.
            _bytes = _bytes is { } known ? known + bytes : Files().Sum(f => f.Length);
            if (_bytes > most)
            {
                Trim(left => left > most * KeptByTrim);
            }
        }
    }

    /// <param name="goesOn">Whether as many bytes are still too much.</param>
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
