using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class BlobBlobStoreTests(AzuriteServer server) : BlobStoreContract
{
    private BlobContainerClient _container = null!;
    private BlobBlobStore _store = null!;

    protected override IBlobStore Store => _store;

    public override async Task InitializeAsync()
    {
        _container = await new TestStorage(server).ContainerAsync();
        _store = new BlobBlobStore(_container);
    }

    [Fact]
    public async Task Content_of_several_blocks_arrives_whole()
    {
        var content = RandomNumberGenerator.GetBytes((2 * BlockUpload.BlockBytes) + 3);

        var put = await Store.PutAsync(Name("large"), new ReadOnceStream(content), null, default);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), put.Sha256);
        await using var read = (await Store.OpenReadAsync(Name("large"), 0, null, default))!;
        Assert.Equal(put.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(read)));
    }

    [Fact]
    public async Task What_was_put_directly_can_be_appended_to()
    {
        await _container.GetBlobClient("a").UploadAsync(new BinaryData("direct"));

        Assert.Equal(new AppendResult(true, 7), await AppendAsync("a", 6, "+"));
        Assert.Equal(new AppendResult(false, 7), await AppendAsync("a", 6, "+"));

        Assert.Equal("direct+", await ReadAsync("a"));
    }

    [Fact]
    public async Task A_blob_made_anew_of_few_blocks_goes_on_as_before()
    {
        foreach (var (text, offset) in new[] { ("one", 0), ("two", 3), ("three", 6) })
        {
            await AppendAsync("log", offset, text);
        }

        await new AppendBlobRewrite(_container, Name("log")).RewriteAsync(default);

        Assert.Equal("onetwothree", await ReadAsync("log"));
        BlobProperties properties = await _container.GetAppendBlobClient("log").GetPropertiesAsync();
        Assert.Equal(1, properties.BlobCommittedBlockCount);
        Assert.Equal(new AppendResult(true, 15), await AppendAsync("log", 11, "four"));
        Assert.Equal("onetwothreefour", await ReadAsync("log"));
    }

    [Fact]
    public async Task A_rewrite_that_was_cut_short_hides_nothing_and_is_finished_by_the_next_append()
    {
        await AppendAsync("log", 0, "before");
        await EmptiedAsync("log", "before");

        Assert.Equal("before", await ReadAsync("log"));
        Assert.Equal("ore", await ReadAsync("log", 3));
        Assert.Equal(6, (await Store.FindAsync(Name("log"), default))!.Bytes);
        Assert.Equal(6, Assert.Single(await ListAsync("")).Bytes);
        Assert.Equal(new AppendResult(false, 6), await AppendAsync("log", 2, "x"));

        await EmptiedAsync("log", "before");
        Assert.Equal(new AppendResult(true, 11), await AppendAsync("log", 6, "after"));
        Assert.Equal("beforeafter", await ReadAsync("log"));
    }

    // As a crash leaves it after the blob was emptied.
    private async Task EmptiedAsync(string name, string text)
    {
        var aside = AppendBlobRewrite.AsideOf(_container);
        await aside.CreateIfNotExistsAsync();
        await aside.GetBlobClient(name).UploadAsync(new BinaryData(Encoding.UTF8.GetBytes(text)), overwrite: true);
        var mark = new Dictionary<string, string> { [AppendBlobRewrite.Mark] = $"{text.Length}" };
        await _container.GetAppendBlobClient(name).CreateAsync(new AppendBlobCreateOptions { Metadata = mark });
    }
}
