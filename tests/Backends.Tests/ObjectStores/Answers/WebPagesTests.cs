using Microsoft.AspNetCore.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>What a proxy, a portal or another server answers in a store's place blames neither the credentials nor the bucket.</summary>
public sealed class WebPagesTests : IDisposable
{
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(302)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(407)]
    [InlineData(511)]
    public async Task A_page_of_a_proxy_is_told_as_such_by_each_type(int status)
    {
        await using var server = await StartAsync(status);
        foreach (var type in new[] { DataStoreType.S3, DataStoreType.Swift, DataStoreType.AzureBlob })
        {
            await using var store = Open(type, server.Address);

            var read = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));
            var write = await Assert.ThrowsAsync<ObjectStoreException>(() => WriteAsync(store));

            Assert.All([read, write], e => Assert.Equal(ObjectStoreFailure.NoStore, e.Failure));
            Assert.All([read, write], e => Assert.Contains("no store but a web page", e.Message));
        }
    }

    [Fact]
    public async Task A_server_before_the_store_that_takes_nothing_so_large_is_no_full_quota()
    {
        await using var server = await StartAsync(413);
        await using var store = Open(DataStoreType.S3, server.Address);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => WriteAsync(store));

        Assert.Equal("store_invalid", ObjectStoreReasons.CodeOf(e.Failure, "results"));
        Assert.Contains("A server before the store takes no request of this size", e.Message);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_page_of_a_proxy_whose_store_is_away_is_worth_another_try(int status)
    {
        await using var server = await StartAsync(status);
        await using var store = Open(DataStoreType.S3, server.Address);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Unavailable, e.Failure);
    }

    // Swift's own errors are pages, too.
    [Fact]
    public async Task A_page_with_a_request_s_id_is_the_store_s()
    {
        await using var server = await StartAsync(403, ("X-Trans-Id", "tx1"));
        await using var store = Open(DataStoreType.Swift, server.Address);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
        Assert.Contains("(403, request tx1)", e.Message);
    }

    private static Task<ScriptedStore> StartAsync(int status, params (string Name, string Value)[] headers) =>
        ScriptedStore.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html; charset=utf-8";
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }
            return context.Response.WriteAsync("<html><body>Something else</body></html>");
        });

    private static async Task WriteAsync(IObjectStore store)
    {
        var upload = await store.BeginUploadAsync("datain", "a", 1, default);
        await store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default);
    }

    private IObjectStore Open(DataStoreType type, Uri endpoint) =>
        _stores.Open(
            new DataStoreReference
            {
                Type = type,
                Bucket = "datain",
                Endpoint = endpoint,
            },
            type switch
            {
                DataStoreType.S3 => SampleCredentials.ForAccessKey("an-access-key", "its-secret"),
                DataStoreType.Swift => SampleCredentials.ForSwift("http://unused.test", "user", "password"),
                _ => StoreCredentials.Of([
                    new(CredentialField.AccountName, new Secret("account")),
                    new(CredentialField.AccountKey, new Secret("a2V5")),
                ]),
            }
        );
}
