using Microsoft.AspNetCore.Http;
using Trainyard.Backends.ObjectStores.Listing;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>A store is somebody else's program: what it sends is read to a bound and no further.</summary>
public sealed class BoundedAnswersTests : IDisposable
{
    // Buffers of the sockets on both sides hold some megabytes that nobody reads.
    private const long Sockets = 16 << 20;

    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData("<Error><Code>InvalidRequest</Code><Message>")]
    [InlineData("<Error><Code>")]
    public async Task An_error_without_end_is_cut_off(string begin)
    {
        await using var server = await PouringServer.StartAsync($"HTTP/1.1 400 Bad Request\r\n\r\n{begin}");
        await using var store = _stores.OpenS3($"http://127.0.0.1:{server.Port}");

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal("store_invalid", ObjectStoreReasons.CodeOf(e.Failure, "data"));
        Assert.InRange(server.Sent, 1, BoundedAnswers.MostErrorBytes + Sockets);
    }

    [Fact]
    public async Task A_list_without_end_is_cut_off()
    {
        await using var server = await PouringServer.StartAsync("HTTP/1.1 200 OK\r\n\r\n<ListBucketResult><Name>");
        await using var store = _stores.OpenS3($"http://127.0.0.1:{server.Port}");

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
        Assert.Contains("longer than 8 MiB", e.Message);
        Assert.InRange(server.Sent, 1, 3 * (BoundedAnswers.MostBytes + Sockets));
    }

    [Fact]
    public async Task An_object_may_be_longer_than_any_list()
    {
        const int Size = BoundedAnswers.MostBytes + 1;
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.Body.WriteAsync(new byte[Size]).AsTask()
        );
        await using var store = _stores.OpenS3(server.Address.ToString());

        await using var content = await store.OpenReadAsync("datain", "large", 0, null, default);
        using var all = new MemoryStream();
        await content.CopyToAsync(all);

        Assert.Equal(Size, all.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task A_list_that_goes_round_in_circles_is_an_error(int pages)
    {
        var page = 0;
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.WriteAsync(
                $"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t{page++ % pages}</NextContinuationToken>"
                    + "<Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"
            )
        );
        await using var store = _stores.OpenS3(server.Address.ToString());

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => ListAllAsync(store));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
        Assert.Contains("a page leads back to an earlier one", e.Message);
        Assert.InRange(page, 2, 4 * (pages + 1));
    }

    [Fact]
    public async Task Empty_pages_without_end_are_an_error()
    {
        var page = 0;
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.WriteAsync(
                $"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t{page++}</NextContinuationToken></ListBucketResult>"
            )
        );
        await using var store = _stores.OpenS3(server.Address.ToString());

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => ListAllAsync(store));

        Assert.Contains("are empty", e.Message);
        Assert.Equal(BoundedListing.MostEmptyPages + 1, page);
    }

    [Fact]
    public async Task What_a_store_calls_its_error_is_short_and_of_one_line()
    {
        var code = "Bad\u202eedoC\n\u2028" + new string('x', 5000);
        await using var server = await ScriptedStore.RefusingAsync(400, code);
        await using var store = _stores.OpenS3(server.Address.ToString());

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Contains("(Bad?edoC??xxx", e.Message);
        Assert.InRange(e.Message.Length, 100, 400);
    }

    private static async Task ListAllAsync(IObjectStore store)
    {
        string? continuation = null;
        do
        {
            continuation = (await store.ListAsync("datain", "", continuation, 10, default)).Continuation;
        } while (continuation is not null);
    }
}
