using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Trainyard.Backends.ObjectStores.Swift;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>Logins of Swift as the manifests of the time have them, and what can go wrong with them.</summary>
public sealed class SwiftLoginTests : IDisposable
{
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData("https://identity.open.softlayer.com", "p", "d", "https://identity.open.softlayer.com/v3/auth/tokens")]
    [InlineData(
        "https://identity.open.softlayer.com/v3",
        "p",
        "d",
        "https://identity.open.softlayer.com/v3/auth/tokens"
    )]
    [InlineData("https://identity.example/v3/", null, null, "https://identity.example/v3/auth/tokens")]
    [InlineData("https://identity.example:5000/v2.0", "p", null, "https://identity.example:5000/v3/auth/tokens")]
    [InlineData("https://host/identity/v3", null, null, "https://host/identity/v3/auth/tokens")]
    [InlineData("https://host/v3/auth/tokens", "p", null, "https://host/v3/auth/tokens")]
    public void Keystone_is_found_however_its_address_is_written(
        string authUrl,
        string? project,
        string? domain,
        string expected
    )
    {
        var login = Login(authUrl, project, domain);

        Assert.False(login.IsV1);
        Assert.Equal(expected, login.V3Address.AbsoluteUri);
    }

    [Theory]
    [InlineData(
        "https://dal05.objectstorage.softlayer.net/auth/v1.0",
        "https://dal05.objectstorage.softlayer.net/auth/v1.0"
    )]
    [InlineData("https://dal05.objectstorage.softlayer.net", "https://dal05.objectstorage.softlayer.net/auth/v1.0")]
    [InlineData("http://127.0.0.1:8080/auth/v1.0/", "http://127.0.0.1:8080/auth/v1.0/")]
    public void Without_project_and_domain_it_is_Swifts_own_login(string authUrl, string expected)
    {
        var login = Login(authUrl, project: null, domain: null);

        Assert.True(login.IsV1);
        Assert.Equal(expected, login.V1Address.AbsoluteUri);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_any_more_is_renewed()
    {
        var logins = 0;
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            if (context.Request.Path == "/auth/v1.0")
            {
                context.Response.Headers["X-Storage-Url"] = $"http://{context.Request.Host}/v1/AUTH_a";
                context.Response.Headers["X-Auth-Token"] = $"token-{++logins}";
                return Task.CompletedTask;
            }
            var isGood = context.Request.Headers["X-Auth-Token"] == "token-2";
            context.Response.StatusCode = isGood ? 200 : 401;
            return context.Response.WriteAsync(isGood ? "[]" : "");
        });
        await using var store = Open(server.Address);

        await store.ProbeAsync("datain", default);
        await store.ProbeAsync("datain", default);

        Assert.Equal(2, logins);
    }

    [Fact]
    public async Task A_token_that_ends_while_a_part_is_sent_costs_that_part_once_more()
    {
        var (logins, bodies) = (0, new List<byte[]>());
        await using var server = await ScriptedStore.StartAsync(async context =>
        {
            if (context.Request.Path == "/auth/v1.0")
            {
                context.Response.Headers["X-Storage-Url"] = $"http://{context.Request.Host}/v1/AUTH_a";
                context.Response.Headers["X-Auth-Token"] = $"token-{++logins}";
                return;
            }
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            bodies.Add(body.ToArray());
            context.Response.StatusCode = context.Request.Headers["X-Auth-Token"] == "token-2" ? 201 : 401;
        });
        await using var store = Open(server.Address);
        var content = RandomNumberGenerator.GetBytes(1 << 20);
        var upload = await store.BeginUploadAsync("datain", "a", content.Length, default);
        await using var once = new ReadOnceStream(content);

        await store.WritePartAsync(upload, 0, once, content.Length, default);

        Assert.Equal(2, logins);
        Assert.Equal([content, content], bodies);
    }

    [Fact]
    public async Task A_token_that_ends_is_renewed_before_it_does()
    {
        var logins = 0;
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            if (context.Request.Path != "/v3/auth/tokens")
            {
                return context.Response.WriteAsync("[]");
            }
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Subject-Token"] = $"token-{++logins}";
            var end = DateTimeOffset.UtcNow.AddSeconds(logins == 1 ? 30 : 3600);
            return context.Response.WriteAsync(Catalog(context, $"{end:O}", ("north", "public")));
        });
        await using var store = Open(new Uri(server.Address, "/v3"));

        await store.ProbeAsync("datain", default);
        await store.ProbeAsync("datain", default);
        await store.ProbeAsync("datain", default);

        Assert.Equal(2, logins);
    }

    [Theory]
    [InlineData("south", null)]
    [InlineData("north", null)]
    [InlineData(null, "write which as `region`, of 'north', 'south'")]
    [InlineData("west", "no object store in region 'west', only in 'north', 'south'")]
    public async Task The_region_is_chosen_from_the_catalogue(string? region, string? words)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            if (context.Request.Path != "/v3/auth/tokens")
            {
                return context.Response.WriteAsync("[]");
            }
            context.Response.Headers["X-Subject-Token"] = "token";
            return context.Response.WriteAsync(
                Catalog(context, "2100-01-01T00:00:00Z", ("north", "admin"), ("north", "public"), ("south", "public"))
            );
        });
        await using var store = Open(new Uri(server.Address, "/v3"), region);

        if (words is null)
        {
            await store.ProbeAsync("datain", default);
            Assert.Contains(server.Requests, request => request.StartsWith($"GET /v1/{region}/public/datain?"));
            return;
        }
        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));
        Assert.Equal(ObjectStoreFailure.WrongRegion, e.Failure);
        Assert.Contains(words, e.Message);
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task What_is_no_Keystone_is_told_as_such(string answer)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            context.Response.Headers["X-Subject-Token"] = "token";
            return context.Response.WriteAsync(answer);
        });
        await using var store = Open(new Uri(server.Address, "/v3"));

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
        Assert.Contains("no login of OpenStack Swift", e.Message);
    }

    [Theory]
    [InlineData(413, ObjectStoreFailure.QuotaFull)]
    [InlineData(422, ObjectStoreFailure.Corrupt)]
    [InlineData(498, ObjectStoreFailure.Busy)]
    [InlineData(507, ObjectStoreFailure.QuotaFull)]
    public async Task A_status_without_a_code_is_enough(int status, ObjectStoreFailure failure)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            context.Response.Headers["X-Storage-Url"] = $"http://{context.Request.Host}/v1/AUTH_a";
            context.Response.Headers["X-Auth-Token"] = "token";
            context.Response.Headers["X-Trans-Id"] = "tx1";
            context.Response.StatusCode = context.Request.Method == "PUT" ? status : 200;
            return Task.CompletedTask;
        });
        await using var store = Open(server.Address);
        var upload = await store.BeginUploadAsync("datain", "a", 1, default);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default)
        );

        Assert.Equal(failure, e.Failure);
        Assert.Contains($"({status}, request tx1)", e.Message);
    }

    private static string Catalog(HttpContext context, string end, params (string Region, string Interface)[] stores)
    {
        var endpoints = stores.Select(store =>
            $$"""{"interface":"{{store.Interface}}","region_id":"{{store.Region}}","url":"http://{{context.Request.Host}}/v1/{{store.Region}}/{{store.Interface}}"}"""
        );
        var catalog =
            $$"""[{"type":"identity","endpoints":[]},{"type":"object-store","endpoints":[{{string.Join(',', endpoints)}}]}]""";
        return $$"""{"token":{"expires_at":"{{end}}","catalog":{{catalog}} } }""";
    }

    private static SwiftLogin Login(string authUrl, string? project, string? domain) =>
        new(new Uri(authUrl), "user", "password") { ProjectId = project, DomainName = domain };

    private IObjectStore Open(Uri authUrl, string? region = null) =>
        _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.Swift,
                Bucket = "datain",
                Endpoint = authUrl,
                Region = region,
            },
            SampleCredentials.ForSwift(authUrl.ToString(), "user", "its-password")
        );
}
