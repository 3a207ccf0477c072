using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores;

public sealed class FileObjectStoreTests : ObjectStoreContract
{
    private const long PartBytes = 64 * 1024;

    private readonly TemporaryFolder _temporary = new();

    protected override long SeveralParts => (2 * PartBytes) + 7;

    private string Root => _temporary.Folder("root");

    private string BucketFolder => Path.Combine(Root, Bucket);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("a/../../secret.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("")]
    [InlineData("folder/")]
    [InlineData(".trainyard-uploads/x")]
    [InlineData("nul\0l")]
    public async Task A_key_that_a_folder_cannot_hold_is_refused(string key)
    {
        _temporary.Write("root/secret.txt", "of another bucket");

        var read = await FailsAsync(() => Store.OpenReadAsync(Bucket, key, 0, null, default));
        var write = await FailsAsync(() => Store.BeginUploadAsync(Bucket, key, 1, default));

        Assert.Equal(ObjectStoreFailure.Invalid, read.Failure);
        Assert.Equal(ObjectStoreFailure.Invalid, write.Failure);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("/tmp")]
    [InlineData(".hidden")]
    public async Task A_bucket_that_is_no_folder_of_the_root_is_refused(string bucket)
    {
        var e = await FailsAsync(() => Store.ProbeAsync(bucket, default));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
    }

    [Fact]
    public async Task A_link_that_leads_out_is_refused()
    {
        _temporary.Write("outside/secret.txt", "secret");
        Directory.CreateSymbolicLink(Path.Combine(BucketFolder, "folder"), _temporary.Folder("outside"));
        File.CreateSymbolicLink(Path.Combine(BucketFolder, "file"), _temporary.File("outside/secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "link-bucket"), _temporary.Folder("outside"));
        Directory.CreateSymbolicLink(Path.Combine(BucketFolder, "round"), Path.Combine(BucketFolder, "round"));

        foreach (var key in new[] { "folder/secret.txt", "file", "round/x" })
        {
            var e = await FailsAsync(() => Store.OpenReadAsync(Bucket, key, 0, null, default));
            Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
        }
        foreach (var key in new[] { "folder/new.txt", "file" })
        {
            await FailsAsync(() => Store.BeginUploadAsync(Bucket, key, 1, default));
        }
        await FailsAsync(() => Store.ListAsync("link-bucket", "", null, 10, default));
        Assert.Empty((await Store.ListAsync(Bucket, "", null, 10, default)).Objects);
        Assert.Equal(["secret.txt"], Directory.GetFiles(_temporary.Folder("outside")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_link_to_a_file_below_the_root_is_an_object()
    {
        _temporary.Write("root/shared/data.csv", "1,2");
        File.CreateSymbolicLink(Path.Combine(BucketFolder, "data.csv"), _temporary.File("root/shared/data.csv"));

        var listed = Assert.Single((await Store.ListAsync(Bucket, "", null, 10, default)).Objects);

        Assert.Equal(new StoredObject("data.csv", 3, null), listed);
    }

    [Fact]
    public async Task The_first_upload_makes_the_bucket_that_results_go_to()
    {
        var upload = await Store.BeginUploadAsync("new-results", "a.txt", 0, default);
        var receipt = await Store.WritePartAsync(upload, 0, Stream.Null, 0, default);
        await Store.CompleteUploadAsync(upload, [receipt], default);

        Assert.Equal(
            ["a.txt"],
            Directory.GetFileSystemEntries(Path.Combine(Root, "new-results")).Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task A_root_that_is_not_mounted_is_not_made()
    {
        var lost = new FileObjectStore(new FileRoot(Path.Combine(_temporary.Path, "not-mounted")), PartBytes);

        var e = await FailsAsync(() => lost.BeginUploadAsync(Bucket, "a", 1, default));

        Assert.Equal(ObjectStoreFailure.Unavailable, e.Failure);
        Assert.False(Directory.Exists(Path.Combine(_temporary.Path, "not-mounted")));
    }

    [Fact]
    public async Task What_was_changed_on_disk_before_the_end_is_noticed()
    {
        var upload = await Store.BeginUploadAsync(Bucket, "a", 5, default);
        var receipt = await Store.WritePartAsync(upload, 0, new MemoryStream("12345"u8.ToArray()), 5, default);
        await File.WriteAllTextAsync(Assert.Single(await LeftOversAsync()), "1234x");

        var e = await FailsAsync(() => Store.CompleteUploadAsync(upload, [receipt], default));

        Assert.Equal(ObjectStoreFailure.Corrupt, e.Failure);
        Assert.False(File.Exists(Path.Combine(BucketFolder, "a")));
    }

    [Fact]
    public async Task A_message_does_not_tell_where_the_root_is()
    {
        var e = await FailsAsync(() => Store.OpenReadAsync(Bucket, "none", 0, null, default));

        Assert.DoesNotContain(_temporary.Path, e.Message);
    }

    [Fact]
    public async Task A_file_where_a_folder_should_be_can_never_work()
    {
        await WriteAsync("a", [1]);
        var upload = await Store.BeginUploadAsync(Bucket, "a/b", 1, default);
        var receipt = await Store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default);

        var e = await FailsAsync(() => Store.CompleteUploadAsync(upload, [receipt], default));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
        Assert.Empty(await LeftOversAsync());
    }

    [Fact]
    public async Task A_part_that_is_not_of_the_completed_object_is_no_repeat()
    {
        var (upload, receipts) = await WritePartsAsync("a", new byte[SeveralParts]);
        await Store.CompleteUploadAsync(upload, receipts, default);
        using var other = new MemoryStream("another"u8.ToArray());

        var e = await FailsAsync(() => Store.WritePartAsync(upload, 2, other, other.Length, default));

        Assert.Equal(ObjectStoreFailure.ObjectNotFound, e.Failure);
        Assert.Equal(new byte[SeveralParts], await File.ReadAllBytesAsync(Path.Combine(BucketFolder, "a")));
    }

    [Fact]
    public async Task What_is_completed_without_having_been_written_is_corrupt()
    {
        var (upload, receipts) = await WritePartsAsync("a", [1]);
        await Store.CompleteUploadAsync(upload, receipts, default);

        var e = await FailsAsync(() =>
            Store.CompleteUploadAsync(upload, [receipts[0] with { Md5 = new string('0', 32) }], default)
        );

        Assert.Equal(ObjectStoreFailure.Corrupt, e.Failure);
        Assert.Equal([1], await File.ReadAllBytesAsync(Path.Combine(BucketFolder, "a")));
    }

    protected override IObjectStore Open() => new FileObjectStore(new FileRoot(Root), PartBytes);

    protected override Task MakeBucketAsync()
    {
        Directory.CreateDirectory(BucketFolder);
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<string>> LeftOversAsync()
    {
        var folder = Path.Combine(BucketFolder, FileRoot.UploadsFolder);
        return Task.FromResult<IReadOnlyList<string>>(Directory.Exists(folder) ? Directory.GetFiles(folder) : []);
    }
}
