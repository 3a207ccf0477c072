using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Blobs;
using Trainyard.Backends.Dispatch;
using Trainyard.Backends.Runs;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>A state folder of a test's own and what works on it, which can be closed and opened again.</summary>
internal sealed class EmbeddedHome : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public EmbeddedHome() => Open();

    public ManualTime Time { get; } = new();

    public StateFolder Folder => new(_temporary.Path);

    public PoolOptions Pool { get; } = new();

    public SqliteDatabase Database { get; private set; } = null!;

    public BlobFiles Files { get; private set; } = null!;

    public SqliteRunStore Runs => new(Database);

    public FileBlobStore Blobs { get; private set; } = null!;

    public SqlitePool Nodes { get; private set; } = null!;

    public SqliteDispatchQueue Queue { get; private set; } = null!;

    /// <summary>What a process that starts after this one finds.</summary>
    public void Reopen()
    {
        Close();
        Open();
    }

    public void Dispose()
    {
        Close();
        _temporary.Dispose();
    }

    /// <summary>A disk that may be filled to its end.</summary>
    public static DiskReserve Reserve(string folder) =>
        new(folder, new BlobOptions { MinFreeBytes = 0 }, NullLogger<DiskReserve>.Instance);

    private void Open()
    {
        Database = new SqliteDatabase(Folder.Database);
        Files = new BlobFiles(Folder.Blobs, Reserve(Folder.Blobs));
        Blobs = new FileBlobStore(Database, Files, Time);
        Nodes = new SqlitePool(Database, Time, Options.Create(Pool));
        Queue = new SqliteDispatchQueue(Nodes, Time, Options.Create(Pool));
    }

    private void Close()
    {
        Blobs.Dispose();
        Database.Dispose();
    }
}
