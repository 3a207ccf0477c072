using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Backends.Blobs;
using Trainyard.Backends.Child;
using Trainyard.Backends.Runs;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>A real process is killed in the middle of its work, again and again: what it said it had done, it had done.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _temporary = new();

    private StateFolder Home => new(_temporary.Path);

    [Fact]
    public async Task Blobs_are_whole_or_not_there()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var last = await RunUntilKilledAsync("puts", round);
            using var database = new SqliteDatabase(Home.Database);
            var files = new BlobFiles(Home.Blobs, EmbeddedHome.Reserve(Home.Blobs));
            using var blobs = new FileBlobStore(database, files, TimeProvider.System);

            var count = 0;
            await foreach (var blob in blobs.ListAsync("put/", default))
            {
                Assert.Equal(Contents.Of(count), await ReadAsync(blobs, blob.Name));
                count++;
            }
            Assert.InRange(count, last + 1, last + 2);
            var same = await ReadAsync(blobs, BlobName.Parse("same"));
            Assert.Contains(same, new[] { Contents.Of(last), Contents.Of(last + 1) });

            new BlobSweep(database, files, NullLogger<BlobSweep>.Instance).Sweep(default);
            var known = database.Read(session => session.Number("SELECT COUNT(*) FROM blobs"));
            Assert.Equal(known, Directory.GetFiles(Home.Blobs, "*", SearchOption.AllDirectories).Length);
        }
    }

    [Fact]
    public async Task A_log_has_every_line_once()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = await RunUntilKilledAsync("appends", round);
            using var database = new SqliteDatabase(Home.Database);
            using var blobs = new FileBlobStore(
                database,
                new BlobFiles(Home.Blobs, EmbeddedHome.Reserve(Home.Blobs)),
                TimeProvider.System
            );

            var lines = Encoding.ASCII.GetString(await ReadAsync(blobs, BlobName.Parse("log"))).Split('\n')[..^1];

            Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => $"{i * 20L:D19}"), lines);
            Assert.InRange(lines.Length * 20, acknowledged, acknowledged + 20);
        }
    }

    [Fact]
    public async Task A_record_is_never_behind_what_was_acknowledged()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = await RunUntilKilledAsync("updates", round);
            using var database = new SqliteDatabase(Home.Database);

            var read = await new SqliteRunStore(database).GetAsync(RunId.FromSeed("updates"u8), default);

            Assert.InRange(read!.Run.Attempt, acknowledged, acknowledged + 1);
        }
    }

    [Fact]
    public async Task Objects_of_a_file_store_are_whole_or_not_there()
    {
        var last = await RunUntilKilledAsync("parts", Rounds);

        var objects = Directory.GetFiles(Path.Combine(Home.Buckets, "results")).Order().ToList();

        Assert.InRange(objects.Count, last + 1, last + 2);
        for (var number = 0; number < objects.Count; number++)
        {
            Assert.Equal(Contents.Of(number), await File.ReadAllBytesAsync(objects[number]));
        }
    }

    public void Dispose() => _temporary.Dispose();

    // Gives the last number it said, after a while that differs from round to round.
    private async Task<int> RunUntilKilledAsync(string work, int round)
    {
        await using var child = ChildProcess.Start("dotnet", [typeof(Contents).Assembly.Location, Home.Path, work]);
        await child.WaitForLine(_ => child.Lines.Count > 10 * round, Patience);
        child.Kill();
        await child.WaitForExit(Patience);
        return int.Parse(child.Lines[^1], CultureInfo.InvariantCulture);
    }

    private static async Task<byte[]> ReadAsync(FileBlobStore blobs, BlobName name)
    {
        await using var content = (await blobs.OpenReadAsync(name, 0, null, default))!;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
