using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Microsoft.AspNetCore.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>Keys that were lent for a while come with a token, without which a store does not know them.</summary>
public sealed class SessionTokenTests : IDisposable
{
    private const string Header = "x-amz-security-token";
    private const string Token = "a/session+token=of==this&test";
    private const string Secret = "its-secret";
    private const string Region = "eu-test-1";
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(Token)]
    [InlineData(null)]
    public async Task Each_request_and_each_address_has_it_signed_where_the_connection_has_one(string? token)
    {
        var told = new ConcurrentQueue<(string Token, bool IsSigned)>();
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            told.Enqueue((context.Request.Headers[Header].ToString(), IsSigned(context.Request)));
            return AnswerAsync(context);
        });
        await using var store = Open(server.Address, token);

        await store.ProbeAsync("datain", default);
        await (await store.OpenReadAsync("datain", "a", 0, null, default)).DisposeAsync();
        await WriteAsync(store);
        var upload = await store.PresignedUploads!.BeginAsync("datain", "b", 64L << 20, default);
        var minute = TimeSpan.FromMinutes(1);
        var read = await store.PresignReadAsync("datain", "a", minute, default);
        var write = Assert.Single(await store.PresignedUploads.PresignAsync(upload, 0, 1, minute, default));

        Assert.InRange(told.Count, 4, 12);
        Assert.All(told, request => Assert.Equal((token ?? "", token is not null), request));
        Assert.All(new[] { read!, write }, address => Assert.Equal(token, TokenIn(address)));
    }

    [Fact]
    public async Task A_store_that_checks_signatures_takes_them()
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            IsRight(context.Request)
                ? AnswerAsync(context)
                : ScriptedStore.RefuseAsync(context, 403, "SignatureDoesNotMatch")
        );
        await using var store = Open(server.Address, Token);
        await using var without = Open(server.Address, token: null);

        await store.ProbeAsync("datain", default);
        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => without.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
    }

    // Signature Version 4 as its specification says, from what arrived.
    private static bool IsRight(HttpRequest request)
    {
        if (request.Headers[Header] != Token)
        {
            return false;
        }
        var authorization = request.Headers.Authorization.ToString();
        var names = After(authorization, "SignedHeaders=").Split(';');
        var scope = After(authorization, "Credential=").Split('/', 2)[1];
        var headers = names.Select(name => $"{name}:{request.Headers[name].ToString().Trim()}\n");
        var query = request
            .QueryString.Value!.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Contains('=') ? part : part + "=")
            .Order(StringComparer.Ordinal);
        var canonical = string.Join(
            '\n',
            request.Method,
            request.Path.ToUriComponent(),
            string.Join('&', query),
            string.Concat(headers),
            string.Join(';', names),
            request.Headers["x-amz-content-sha256"]
        );
        var time = request.Headers["x-amz-date"].ToString();
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(AWS4Signer.ComputeHash(canonical))}";
        var key = AWS4Signer.ComposeSigningKey(Secret, Region, time[..8], "s3");
        var signature = AWS4Signer.ComputeKeyedHash(SigningAlgorithm.HmacSHA256, key, text);
        return After(authorization, "Signature=") == Hex(signature);
    }

    private static string After(string text, string name) => text.Split(name)[1].Split(',')[0].Trim();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static bool IsSigned(HttpRequest request) =>
        After(request.Headers.Authorization.ToString(), "SignedHeaders=").Split(';').Contains(Header);

    private static string? TokenIn(Uri address) =>
        address
            .Query[1..]
            .Split('&')
            .Select(part => part.Split('=', 2))
            .Where(part => part[0] == "X-Amz-Security-Token")
            .Select(part => Uri.UnescapeDataString(part[1]))
            .SingleOrDefault();

    private static async Task WriteAsync(IObjectStore store)
    {
        var upload = await store.BeginUploadAsync("datain", "c", 1, default);
        await store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default);
    }

    private IObjectStore Open(Uri endpoint, string? token)
    {
        var fields = new Dictionary<CredentialField, string?>
        {
            [CredentialField.AccessKeyId] = "an-access-key",
            [CredentialField.SecretAccessKey] = Secret,
            [CredentialField.SessionToken] = token,
        };
        return _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = "datain",
                Endpoint = endpoint,
                Region = Region,
            },
            StoreCredentials.Of(
                fields
                    .Where(field => field.Value is not null)
                    .Select(field => KeyValuePair.Create(field.Key, new Secret(field.Value!)))
            )
        );
    }

    private static Task AnswerAsync(HttpContext context) =>
        context.Request switch
        {
            { Method: "POST" } => context.Response.WriteAsync(
                "<InitiateMultipartUploadResult><Bucket>datain</Bucket><Key>b</Key><UploadId>U</UploadId></InitiateMultipartUploadResult>"
            ),
            { Path.Value: "/datain/a" } => context.Response.WriteAsync("content"),
            { Method: "PUT" } => Task.CompletedTask,
            _ => context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>"),
        };
}
