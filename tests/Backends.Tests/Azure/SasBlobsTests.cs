using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>Addresses signed with the emulator's key.</summary>
[Collection(AzureStorageTests.Name)]
public sealed class SasBlobsByKeyTests(AzuriteServer server) : SasBlobsTests
{
    protected override HttpClient Node { get; } = new();

    private protected override TestStorage Storage => new(server);
}

/// <summary>Addresses signed with a key that an identity was given for some days, as on Azure.</summary>
[Collection(AzureIdentityTests.Name)]
public sealed class SasBlobsByIdentityTests(SecureAzuriteServer server) : SasBlobsTests
{
    protected override HttpClient Node { get; } = server.CreateClient();

    private protected override TestStorage Storage => new(server, new TestIdentity());

    [Fact]
    public async Task Nothing_takes_an_address_that_was_tampered_with()
    {
        var upload = (await Addresses.CreateUploadAsync(Log, 6, Lifetime, default))!;
        var other = new Uri(upload.Url.AbsoluteUri.Replace("/runs/a/", "/runs/b/"));

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(other, "staged"u8.ToArray(), upload.Headers));
    }
}

/// <summary>What a node can do at the addresses it is given, and what not.</summary>
public abstract class SasBlobsTests : IAsyncLifetime
{
    private protected static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private protected static readonly BlobName Log = BlobName.Parse("runs/a/log ü%.txt");

    private BlobContainerClient _container = null!;
    private BlobBlobStore _store = null!;

    /// <summary>A node's, which knows nothing but Addresses.</summary>
    protected abstract HttpClient Node { get; }

    private protected abstract TestStorage Storage { get; }

    private protected SasBlobs Addresses { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _container = await Storage.ContainerAsync();
        _store = new BlobBlobStore(_container);
        Addresses = new SasBlobs(_container, TimeProvider.System) { PartBytes = 1 << 20 };
    }

    public Task DisposeAsync()
    {
        Node.Dispose();
        GC.SuppressFinalize(this);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_node_puts_a_blob_itself_but_cannot_read_it()
    {
        var upload = (await Addresses.CreateUploadAsync(Log, 6, Lifetime, default))!;

        var written = await PutAsync(upload.Url, Encoding.UTF8.GetBytes("staged"), upload.Headers);
        var read = await Node.GetAsync(upload.Url);

        Assert.Equal(HttpStatusCode.Created, written);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal("staged", await ReadAsync());
        Assert.Null((await _store.FindAsync(Log, default))!.Sha256);
    }

    [Theory]
    [InlineData((1 << 20) + 1, 2)]
    [InlineData(3 << 20, 3)]
    public async Task A_large_file_goes_up_in_parts_in_any_order(int bytes, int parts)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        var upload = (await Addresses.CreateUploadAsync(Log, bytes, Lifetime, default))!;
        Assert.Equal(parts, upload.Parts.Count);
        Assert.Equal(bytes, upload.Parts.Sum(part => part.Bytes));

        for (var i = parts - 1; i >= 0; i--)
        {
            var from = (int)upload.Parts.Take(i).Sum(part => part.Bytes);
            var piece = content[from..(from + (int)upload.Parts[i].Bytes)];
            Assert.Equal(
                HttpStatusCode.Created,
                await PutAsync(upload.Parts[i].Url, piece, new Dictionary<string, string>())
            );
        }
        Assert.Null(await _store.FindAsync(Log, default));
        var commit = await PutAsync(upload.Url, Encoding.UTF8.GetBytes(upload.Commit), upload.Headers);

        Assert.Equal(HttpStatusCode.Created, commit);
        await using var read = (await _store.OpenReadAsync(Log, 0, null, default))!;
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
    }

    [Fact]
    public async Task A_very_large_file_has_no_more_parts_than_an_answer_can_list()
    {
        var upload = (await Addresses.CreateUploadAsync(Log, UploadRequest.MostBytes, Lifetime, default))!;

        Assert.InRange(upload.Parts.Count, 1, 10_000);
        Assert.Equal(UploadRequest.MostBytes, upload.Parts.Sum(part => part.Bytes));
        Assert.All(upload.Parts, part => Assert.InRange(part.Bytes, 1, 4000L << 20));
    }

    [Fact]
    public async Task A_node_appends_at_the_position_it_knows_and_nowhere_else()
    {
        var append = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;

        Assert.Equal(HttpStatusCode.Created, await AppendAsync(append, 0, "one"));
        Assert.Equal(HttpStatusCode.Created, await AppendAsync(append, 3, "two"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AppendAsync(append, 3, "two"));

        Assert.Equal("onetwo", await ReadAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await Node.GetAsync(append.Url)).StatusCode);
        Assert.NotEqual(HttpStatusCode.Created, await PutAsync(Whole(append), [1], AsAppendBlob(append)));
        Assert.Equal("onetwo", await ReadAsync());
    }

    [Fact]
    public async Task The_next_address_makes_the_one_before_void()
    {
        var lost = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;
        await AppendAsync(lost, 0, "one");

        var next = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;

        Assert.Equal(HttpStatusCode.PreconditionFailed, await AppendAsync(lost, 3, "from a lost node"));
        Assert.Equal(HttpStatusCode.Created, await AppendAsync(next, 3, "two"));
        Assert.Equal("onetwo", await ReadAsync());
    }

    [Fact]
    public async Task An_append_by_the_service_makes_an_address_void_and_the_next_goes_on_from_there()
    {
        var before = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;
        await AppendAsync(before, 0, "one");

        var appended = await _store.AppendAsync(Log, 3, "two"u8.ToArray(), default);

        Assert.Equal(new AppendResult(true, 6), appended);
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AppendAsync(before, 6, "three"));
        var after = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;
        Assert.Equal(HttpStatusCode.Created, await AppendAsync(after, 6, "three"));
        Assert.Equal("onetwothree", await ReadAsync());
    }

    [Fact]
    public async Task The_service_says_where_a_node_stands_whose_answer_was_lost()
    {
        var append = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;
        await AppendAsync(append, 0, "arrived");

        Assert.Equal(new AppendResult(false, 7), await _store.AppendAsync(Log, 0, "arrived"u8.ToArray(), default));
    }

    [Fact]
    public async Task A_blob_with_an_address_can_be_deleted()
    {
        var append = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;
        await AppendAsync(append, 0, "one");

        await _store.DeleteAsync("runs/a/", default);

        Assert.Null(await _store.FindAsync(Log, default));
        Assert.Equal(HttpStatusCode.NotFound, await AppendAsync(append, 3, "two"));
    }

    [Fact]
    public async Task A_rewrite_that_was_cut_short_is_finished_before_a_node_may_append()
    {
        await _store.AppendAsync(Log, 0, "before"u8.ToArray(), default);
        var aside = AppendBlobRewrite.AsideOf(_container);
        await aside.CreateIfNotExistsAsync();
        await aside.GetBlobClient(Log.ToString()).UploadAsync(new BinaryData("before"));
        var mark = new Dictionary<string, string> { [AppendBlobRewrite.Mark] = "6" };
        await _container
            .GetAppendBlobClient(Log.ToString())
            .CreateAsync(new AppendBlobCreateOptions { Metadata = mark });

        var append = (await Addresses.CreateAppendAsync(Log, Lifetime, default))!;

        Assert.Equal(HttpStatusCode.Created, await AppendAsync(append, 6, "after"));
        Assert.Equal("beforeafter", await ReadAsync());
    }

    [Fact]
    public async Task What_was_put_whole_has_no_address_to_append_at()
    {
        await _container.GetBlobClient(Log.ToString()).UploadAsync(new BinaryData("put"));

        Assert.Null(await Addresses.CreateAppendAsync(Log, Lifetime, default));
        Assert.Equal(new AppendResult(true, 4), await _store.AppendAsync(Log, 3, "+"u8.ToArray(), default));
    }

    private async Task<HttpStatusCode> AppendAsync(DirectAppend append, long position, string text)
    {
        var headers = new Dictionary<string, string>(append.Headers) { [append.PositionHeader] = $"{position}" };
        return await PutAsync(append.Url, Encoding.UTF8.GetBytes(text), headers);
    }

    private protected async Task<HttpStatusCode> PutAsync(
        Uri url,
        byte[] content,
        IReadOnlyDictionary<string, string> headers
    )
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(content) };
        foreach (var (name, value) in headers)
        {
            put.Headers.Add(name, value);
        }
        using var answer = await Node.SendAsync(put);
        return answer.StatusCode;
    }

    private static Uri Whole(DirectAppend append) => new(append.Url.AbsoluteUri.Replace("&comp=appendblock", ""));

    private static Dictionary<string, string> AsAppendBlob(DirectAppend append) =>
        new(append.Headers) { ["x-ms-blob-type"] = "AppendBlob" };

    private async Task<string> ReadAsync()
    {
        await using var content = (await _store.OpenReadAsync(Log, 0, null, default))!;
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync();
    }
}
