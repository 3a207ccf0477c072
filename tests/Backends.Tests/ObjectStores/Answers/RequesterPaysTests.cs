using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Http;
using Trainyard.Backends.ObjectStores.S3;
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

    [Fact]
    public async Task An_address_is_signed_as_the_SDK_signs_it()
    {
        var endpoint = new Uri("https://s3.example.com");
        using var client = new AmazonS3Client(
            new SessionAWSCredentials("ID", "secret/key", "a/token"),
            new AmazonS3Config
            {
                ServiceURL = endpoint.ToString(),
                ForcePathStyle = true,
                AuthenticationRegion = "eu-test-1",
            }
        );
        var request = new GetPreSignedUrlRequest
        {
            BucketName = "bucket",
            Key = "a b",
            Verb = HttpVerb.GET,
            Expires = DateTime.UtcNow.AddHours(1),
        };
        var sdk = new Uri(await client.GetPreSignedURLAsync(RequesterPayment.AddIf(true, request)));
        var query = Parts(sdk);

        var ours = new S3Presigner(endpoint, "eu-test-1", "ID", "secret/key", "a/token") { RequesterPays = true }.Sign(
            "bucket",
            "a b",
            TimeSpan.FromSeconds(int.Parse(query["X-Amz-Expires"])),
            DateTimeOffset.ParseExact(
                query["X-Amz-Date"],
                "yyyyMMdd'T'HHmmss'Z'",
                null,
                System.Globalization.DateTimeStyles.AssumeUniversal
            )
        );

        Assert.Equal(query, Parts(ours));
        Assert.Equal("requester", query[Header]);
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

    private static SortedDictionary<string, string> Parts(Uri address) =>
        new(
            address
                .Query[1..]
                .Split('&')
                .Select(part => part.Split('=', 2))
                .ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]))
        );
}
