namespace Trainyard.Agent.Transfers;

/// <summary>How far the download of the data is. Many count at once.</summary>
internal sealed class DownloadProgress
{
    private long _listedBytes;
    private long _listedObjects;
    private long _bytes;
    private long _objects;
    private long _sharedBytes;
    private long _sharedObjects;
    private volatile bool _isListed;

    /// <summary>An object is to come.</summary>
    public void Listed(long bytes)
    {
        Interlocked.Add(ref _listedBytes, bytes);
        Interlocked.Increment(ref _listedObjects);
    }

    /// <summary>An object will not come.</summary>
    public void Skipped(long bytes)
    {
        Interlocked.Add(ref _listedBytes, -bytes);
        Interlocked.Decrement(ref _listedObjects);
    }

    /// <summary>Nothing more is to come.</summary>
    public void EndListing() => _isListed = true;

    /// <summary>The object is longer than it was listed, or, with a number below 0, shorter.</summary>
    public void Changed(long by) => Interlocked.Add(ref _listedBytes, by);

    public void Came(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>What came is fetched anew.</summary>
    public void Lost(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>An object is whole.</summary>
    public void Finished() => Interlocked.Increment(ref _objects);

    /// <summary>An object was on the node already.</summary>
    public void Shared(long bytes)
    {
        Interlocked.Add(ref _sharedBytes, bytes);
        Interlocked.Increment(ref _sharedObjects);
    }

    public DownloadState Read() =>
        new()
        {
            IsListed = _isListed,
            ListedObjects = Interlocked.Read(ref _listedObjects),
            ListedBytes = Interlocked.Read(ref _listedBytes),
            FetchedObjects = Interlocked.Read(ref _objects),
            FetchedBytes = Interlocked.Read(ref _bytes),
            SharedObjects = Interlocked.Read(ref _sharedObjects),
            SharedBytes = Interlocked.Read(ref _sharedBytes),
        };
}

/// <summary>The download at one moment.</summary>
internal sealed record DownloadState
{
    /// <summary>Whether all that is to come is known.</summary>
    public required bool IsListed { get; init; }

    public required long ListedObjects { get; init; }

    public required long ListedBytes { get; init; }

    /// <summary>Whole ones.</summary>
    public required long FetchedObjects { get; init; }

    public required long FetchedBytes { get; init; }

    /// <summary>Those that were on the node already.</summary>
    public required long SharedObjects { get; init; }

    public required long SharedBytes { get; init; }

    public long Objects => FetchedObjects + SharedObjects;

    public long Bytes => FetchedBytes + SharedBytes;

    public long BytesToCome => Math.Max(0, ListedBytes - Bytes);
}
