using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>Buckets of type <c>file</c> have no credentials: whose run it is keeps them apart.</summary>
public sealed class FileOwnersTests : IDisposable
{
    private static readonly Owner Admin = Owner.Parse("admin");
    private static readonly Owner Spy = Owner.Parse("spy");

    private readonly TemporaryFolder _temporary = new();

    private string Root => _temporary.Folder("root");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task The_first_owners_buckets_are_where_they_always_were()
    {
        _temporary.Write("root/out/a.txt", "1");

        Assert.Equal(["a.txt"], await ListAsync(Admin, "out"));
    }

    [Fact]
    public async Task Another_owner_sees_none_of_them()
    {
        _temporary.Write("root/out/a.txt", "1");
        await using var store = Open(Spy, "out");

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("out", default));

        Assert.Equal(ObjectStoreFailure.BucketNotFound, e.Failure);
    }

    [Fact]
    public async Task Two_owners_buckets_of_one_name_are_two()
    {
        await WriteAsync(Admin, "out", "of-admin");
        await WriteAsync(Spy, "out", "of-spy");
        await WriteAsync(Owner.Parse("other"), "out", "of-other");

        Assert.Equal(["of-admin"], await ListAsync(Admin, "out"));
        Assert.Equal(["of-spy"], await ListAsync(Spy, "out"));
        Assert.Equal(
            ["of-spy"],
            Directory.GetFiles(Path.Combine(Root, ".owners", "spy", "out")).Select(Path.GetFileName)
        );
    }

    [Theory]
    [InlineData("../admin")]
    [InlineData("..")]
    [InlineData(".owners")]
    [InlineData("spy/out")]
    public async Task No_name_of_a_bucket_leads_to_another_owner(string bucket)
    {
        await WriteAsync(Spy, "out", "of-spy");
        foreach (var owner in new[] { Admin, Spy })
        {
            await using var store = Open(owner, bucket);
            await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync(bucket, default));
        }
    }

    [Fact]
    public async Task A_link_into_another_owners_bucket_is_refused()
    {
        _temporary.Write("root/out/secret.txt", "of admin");
        await WriteAsync(Spy, "mine", "a");
        File.CreateSymbolicLink(
            Path.Combine(Root, ".owners", "spy", "mine", "link"),
            _temporary.File("root/out/secret.txt")
        );
        await using var store = Open(Spy, "mine");

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            store.OpenReadAsync("mine", "link", 0, null, default)
        );

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
        Assert.Equal(["a"], await ListAsync(Spy, "mine"));
    }

    [Theory]
    [InlineData("digits, shared")]
    [InlineData("*")]
    public async Task What_the_operator_names_is_everybodys(string common)
    {
        _temporary.Write("root/shared/a.txt", "1");

        Assert.Equal(["a.txt"], await ListAsync(Spy, "shared", common));
        Assert.Equal(["a.txt"], await ListAsync(Admin, "shared", common));
    }

    [Fact]
    public async Task A_root_that_is_not_mounted_is_not_made_for_any_owner()
    {
        var lost = Path.Combine(_temporary.Path, "not-mounted");
        var root = new FileRoots(lost, Options.Create(new FileStoreOptions())).Of(Spy, "out");
        await using var store = new FileObjectStore(root, partBytes: 1024);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.BeginUploadAsync("out", "a", 1, default));

        Assert.Equal(ObjectStoreFailure.Unavailable, e.Failure);
        Assert.False(Directory.Exists(lost));
    }

    private FileObjectStore Open(Owner owner, string bucket, string? common = null)
    {
        var options = Options.Create(new FileStoreOptions { Common = common });
        return new FileObjectStore(new FileRoots(Root, options).Of(owner, bucket), partBytes: 1024);
    }

    private async Task WriteAsync(Owner owner, string bucket, string key)
    {
        await using var store = Open(owner, bucket);
        var upload = await store.BeginUploadAsync(bucket, key, 1, default);
        var receipt = await store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default);
        await store.CompleteUploadAsync(upload, [receipt], default);
    }

    private async Task<IEnumerable<string>> ListAsync(Owner owner, string bucket, string? common = null)
    {
        await using var store = Open(owner, bucket, common);
        return (await store.ListAsync(bucket, "", null, 100, default)).Objects.Select(o => o.Key);
    }
}
