using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>A bucket whose owner does not pay denies every request that does not say that the requester does.</summary>
public sealed class RequesterPaysTests : IDisposable
{
    private const string Header = "x-amz-request-payer";
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_request_and_each_address_says_who_pays_where_the_connection_does(bool pays)
    {
        var told = new ConcurrentQueue<(string Payer, bool IsSigned)>();
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            told.Enqueue((context.Request.Headers[Header].ToString(), IsSigned(context.Request)));
            return AnswerAsync(context);
        });
        await using var store = Open(server.Address, pays);

        await store.ProbeAsync("datain", default);
        await (await store.OpenReadAsync("datain", "a", 0, null, default)).DisposeAsync();
        var upload = await store.PresignedUploads!.BeginAsync("datain", "b", 64L << 20, default);
        var minute = TimeSpan.FromMinutes(1);
        var read = await store.PresignReadAsync("datain", "a", minute, default);
        var write = Assert.Single(await store.PresignedUploads.PresignAsync(upload, 0, 1, minute, default));

        Assert.InRange(told.Count, 3, 10);
        Assert.All(told, request => Assert.Equal(pays ? ("requester", true) : ("", false), request));
        Assert.All(
            new[] { read!, write },
            address => Assert.Equal(pays, address.Query.Contains($"{Header}=requester"))
        );
    }

    private IObjectStore Open(Uri endpoint, bool pays) =>
        _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = "datain",
                Endpoint = endpoint,
                RequesterPays = pays,
            },
            SampleCredentials.ForAccessKey("an-access-key", "its-secret")
        );

    private static bool IsSigned(HttpRequest request) =>
        request.Headers.Authorization.ToString().Split("SignedHeaders=")[^1].Split(',')[0].Split(';').Contains(Header);

    private static Task AnswerAsync(HttpContext context) =>
        context.Request switch
        {
            { Method: "POST" } => context.Response.WriteAsync(
                "<InitiateMultipartUploadResult><Bucket>datain</Bucket><Key>b</Key><UploadId>U</UploadId></InitiateMultipartUploadResult>"
            ),
            { Path.Value: "/datain/a" } => context.Response.WriteAsync("content"),
            _ => context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>"),
        };
}
