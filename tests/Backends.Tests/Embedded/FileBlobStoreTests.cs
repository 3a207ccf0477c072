using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Backends.Blobs;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class FileBlobStoreTests : BlobStoreContract
{
    private readonly EmbeddedHome _home = new();

    protected override IBlobStore Store => _home.Blobs;

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("runs/a/", null, "name>? AND name<?")]
    [InlineData("runs/a/", "runs/a/b", "name>? AND name<?")]
    [InlineData("", null, "name>?")]
    public void A_list_and_a_delete_read_their_own_range_alone(string prefix, string? after, string range)
    {
        var names = new PrefixRange(prefix);

        Assert.Contains(range, PlanOf(BlobRow.PageSql(names, after), names));
        Assert.Contains(range, PlanOf(BlobRow.DeleteSql(names), names));
    }

    private string PlanOf(string sql, PrefixRange range) =>
        string.Join(
            ';',
            _home.Database.Read(session =>
                session.All(
                    $"EXPLAIN QUERY PLAN {sql}",
                    row => row.GetString(3),
                    ("$from", range.From),
                    ("$before", range.Before),
                    ("$limit", 1)
                )
            )
        );

    [Fact]
    public async Task Blobs_outlive_the_service()
    {
        await PutAsync("a", "put");
        await AppendAsync("log", 0, "one");

        _home.Reopen();

        Assert.Equal("put", await ReadAsync("a"));
        Assert.Equal(new AppendResult(true, 6), await AppendAsync("log", 3, "two"));
    }

    [Fact]
    public async Task A_file_is_as_long_lived_as_its_blob()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        await PutAsync("b", "3");
        await Store.DeleteAsync("b", default);
        await Assert.ThrowsAsync<BlobChecksumException>(() => PutAsync("c", "4", new string('0', 64)));

        Assert.Single(Files());
    }

    [Fact]
    public async Task A_file_of_several_goes_with_the_last_of_them()
    {
        await PutAllAsync(["a", "b", "c", "d"], ["1", "", "3", "4"], "134");
        await Assert.ThrowsAsync<BlobChecksumException>(() =>
            PutAllAsync(["e", "f"], ["5", "6"], "56".Replace('6', '7'))
        );
        Assert.Single(Files());

        await Store.DeleteAsync("a", default);
        await PutAsync("b", "its own");
        await AppendAsync("c", 1, "+");
        Assert.Equal(3, Files().Length);
        Assert.Equal("4", await ReadAsync("d"));

        await Store.DeleteAsync("d", default);
        Assert.Equal(2, Files().Length);
        await Store.DeleteAsync("", default);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_file_of_several_outlives_the_service_and_its_sweep()
    {
        await PutAllAsync(["a", "b"], ["1", "2"], "12");
        await Store.DeleteAsync("a", default);
        _home.Reopen();

        new BlobSweep(_home.Database, _home.Files, NullLogger<BlobSweep>.Instance).Sweep(default);

        Assert.Equal("2", await ReadAsync("b"));
    }

    [Fact]
    public async Task What_a_dead_process_left_is_swept_and_nothing_else()
    {
        await PutAsync("kept", "kept");
        var left = Path.Combine(_home.Folder.Blobs, "00", "deadbeefdead-1");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        await File.WriteAllTextAsync(left, "half a blob");
        _home.Reopen();
        // Under way in this process: no blob has it yet.
        _home.Files.Create(_home.Files.NewName());

        new BlobSweep(_home.Database, _home.Files, NullLogger<BlobSweep>.Instance).Sweep(default);

        Assert.False(File.Exists(left));
        Assert.Equal("kept", await ReadAsync("kept"));
        Assert.Equal(2, Files().Length);
    }

    [Fact]
    public async Task Bytes_that_were_never_acknowledged_are_neither_read_nor_kept()
    {
        await AppendAsync("log", 0, "one");
        await File.AppendAllTextAsync(Assert.Single(Files()), "garbage of a crash");

        Assert.Equal("one", await ReadAsync("log"));
        await AppendAsync("log", 3, "two");

        Assert.Equal("onetwo", await ReadAsync("log"));
        Assert.Equal("onetwo", await File.ReadAllTextAsync(Assert.Single(Files())));
    }

    [Fact]
    public async Task Nobody_else_can_read_the_files()
    {
        await PutAsync("a", "1");

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Files())));
        }
    }

    private string[] Files() => Directory.GetFiles(_home.Folder.Blobs, "*", SearchOption.AllDirectories);
}
