using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Backends.Blobs;
using Trainyard.Backends.Sqlite;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>Blobs on a disk that is really full.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private readonly TemporaryFolder _temporary = new();

    [RequiresSmallDiskFact]
    public async Task Below_the_reserve_results_are_refused_and_records_and_plans_are_not()
    {
        using var disk = SmallDisk.Mount(_temporary.Folder("home"), 20);
        using var home = new Home(disk.Folder);
        await home.PutAsync("archives/a", Megabyte);
        // The reserve is 5 %: 1 MiB.
        var filler = disk.Fill(bytesLeft: 900_000);

        await Assert.ThrowsAsync<InsufficientStorageException>(() => home.PutAsync("runs/x/staging/1/w", 10));
        await home.Blobs.PutAsync(BlobName.Parse("plan"), new MemoryStream(new byte[1000]), null, default);
        await home.Blobs.AppendAsync(BlobName.Parse("log"), 0, "line\n"u8.ToArray(), default);
        Assert.False(home.Reserve.Read().HasRoom);

        File.Delete(filler);
        await home.PutAsync("runs/x/staging/1/w", 10);
        Assert.True(home.Reserve.Read().HasRoom);
    }

    [RequiresSmallDiskFact]
    public async Task What_would_eat_the_reserve_is_given_up_on_the_way_and_leaves_nothing()
    {
        using var disk = SmallDisk.Mount(_temporary.Folder("home"), 40);
        using var home = new Home(disk.Folder);

        await Assert.ThrowsAsync<InsufficientStorageException>(() =>
            home.PutAsync("runs/x/staging/1/w", 60 * Megabyte)
        );

        Assert.True(home.Reserve.Read().HasRoom);
        Assert.Empty(Directory.GetFiles(home.Folder.Blobs, "*", SearchOption.AllDirectories));
    }

    [RequiresSmallDiskFact]
    public async Task Logs_leave_half_of_the_reserve_to_the_records_and_a_full_disk_is_told_as_such()
    {
        using var disk = SmallDisk.Mount(_temporary.Folder("home"), 20);
        using var home = new Home(disk.Folder);
        await home.Blobs.AppendAsync(BlobName.Parse("log"), 0, "line\n"u8.ToArray(), default);
        disk.Fill(bytesLeft: 400_000);
        await Assert.ThrowsAsync<InsufficientStorageException>(() =>
            home.Blobs.AppendAsync(BlobName.Parse("log"), 5, "line\n"u8.ToArray(), default)
        );

        disk.Fill(bytesLeft: 0);
        var plan = new MemoryStream(new byte[Megabyte]);
        await Assert.ThrowsAsync<InsufficientStorageException>(() =>
            home.Blobs.PutAsync(BlobName.Parse("plan"), plan, null, default)
        );
    }

    public void Dispose() => _temporary.Dispose();

    private sealed class Home : IDisposable
    {
        private readonly SqliteDatabase _database;

        public Home(string folder)
        {
            Folder = new StateFolder(folder);
            _database = new SqliteDatabase(Folder.Database);
            Reserve = new DiskReserve(Folder.Blobs, new BlobOptions(), NullLogger<DiskReserve>.Instance);
            Blobs = new FileBlobStore(_database, new BlobFiles(Folder.Blobs, Reserve), TimeProvider.System);
        }

        public StateFolder Folder { get; }

        public DiskReserve Reserve { get; }

        public FileBlobStore Blobs { get; }

        /// <summary>As a request's body comes: of no known length.</summary>
        public Task PutAsync(string name, int bytes) =>
            Blobs.PutAsync(BlobName.Parse(name), new ReadOnceStream(new byte[bytes]), null, default);

        public void Dispose()
        {
            Blobs.Dispose();
            _database.Dispose();
        }
    }
}
