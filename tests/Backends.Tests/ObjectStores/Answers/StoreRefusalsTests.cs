using Microsoft.AspNetCore.Http;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>Whose fault a store's refusal is, and in which words.</summary>
public sealed class StoreRefusalsTests : IDisposable
{
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(403, "InvalidAccessKeyId", ObjectStoreFailure.Denied, "refuses these credentials")]
    [InlineData(403, "SignatureDoesNotMatch", ObjectStoreFailure.Denied, "refuses these credentials")]
    [InlineData(400, "ExpiredToken", ObjectStoreFailure.CredentialsExpired, "session token has expired")]
    [InlineData(400, "InvalidToken", ObjectStoreFailure.CredentialsExpired, "session token has expired")]
    [InlineData(400, "TokenRefreshRequired", ObjectStoreFailure.CredentialsExpired, "session token has expired")]
    [InlineData(403, "RequestTimeTooSkewed", ObjectStoreFailure.ClockSkew, "clocks")]
    [InlineData(403, "AccessDenied", ObjectStoreFailure.Forbidden, "does not permit")]
    [InlineData(403, "SomethingNew", ObjectStoreFailure.Forbidden, "does not permit")]
    [InlineData(404, "NoSuchBucket", ObjectStoreFailure.BucketNotFound, "no such bucket")]
    [InlineData(403, "InvalidObjectState", ObjectStoreFailure.ObjectArchived, "archived")]
    [InlineData(403, "QuotaExceeded", ObjectStoreFailure.QuotaFull, "no room left")]
    [InlineData(507, "XMinioStorageFull", ObjectStoreFailure.QuotaFull, "no room left")]
    [InlineData(400, "EntityTooLarge", ObjectStoreFailure.QuotaFull, "its quota is full")]
    [InlineData(503, "SlowDown", ObjectStoreFailure.Busy, "busy")]
    [InlineData(429, "TooManyRequests", ObjectStoreFailure.Busy, "busy")]
    [InlineData(500, "InternalError", ObjectStoreFailure.Unavailable, "failed")]
    [InlineData(400, "InvalidRequest", ObjectStoreFailure.Invalid, "does not accept")]
    public async Task A_refusal_is_told_with_its_code_and_the_request(
        int status,
        string code,
        ObjectStoreFailure failure,
        string words
    )
    {
        await using var server = await ScriptedStore.RefusingAsync(status, code);
        await using var store = _stores.OpenS3(server.Address.ToString());

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(failure, e.Failure);
        Assert.Contains(words, e.Message);
        Assert.Contains($"({code}, request REQ-1)", e.Message);
        Assert.Contains("bucket 'datain'", e.Message);
        Assert.DoesNotContain("said at length", e.Message);
    }

    [Fact]
    public async Task What_a_write_is_refused_for_is_told_as_for_a_read()
    {
        await using var server = await ScriptedStore.RefusingAsync(400, "ExpiredToken");
        await using var store = _stores.OpenS3(server.Address.ToString());
        var upload = await store.BeginUploadAsync("datain", "a", 1, default);

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default)
        );

        Assert.Equal("store_denied", ObjectStoreReasons.CodeOf(e.Failure, "results"));
        Assert.Contains("session token has expired (ExpiredToken, request REQ-1)", e.Message);
    }

    [Theory]
    [InlineData(301, "PermanentRedirect")]
    [InlineData(400, "AuthorizationHeaderMalformed")]
    public async Task The_region_that_a_store_names_is_followed(int status, string code)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Request.Headers.Authorization.ToString().Contains("/eu-test-7/s3/")
                ? context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>")
                : ScriptedStore.RefuseAsync(context, status, code, ("x-amz-bucket-region", "eu-test-7"))
        );
        await using var store = _stores.OpenS3(server.Address.ToString());

        await store.ProbeAsync("datain", default);
        var address = await store.PresignReadAsync("datain", "a", TimeSpan.FromMinutes(1), default);

        Assert.Contains("eu-test-7", address!.Query);
    }

    [Fact]
    public async Task A_region_that_leads_nowhere_is_named()
    {
        await using var server = await ScriptedStore.RefusingAsync(
            301,
            "PermanentRedirect",
            ("x-amz-bucket-region", "eu-test-7")
        );
        await using var store = _stores.OpenS3(server.Address.ToString());

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.WrongRegion, e.Failure);
        Assert.Contains("`region: eu-test-7`", e.Message);
    }

    // What is taken for an object of the bucket's name is not there, or not to be seen.
    [Theory]
    [InlineData("", 404, "NoSuchKey")]
    [InlineData("/", 404, "NoSuchKey")]
    [InlineData("", 403, "AccessDenied")]
    public async Task A_bucket_in_the_endpoint_is_said_before_anything_is_put_elsewhere(
        string end,
        int status,
        string code
    )
    {
        await using var server = await ScriptedStore.RefusingAsync(status, code);
        await using var store = _stores.OpenS3($"{server.Address}datain{end}");

        var probed = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));
        var listed = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            store.ListAsync("datain", "run/", null, 2, default)
        );

        Assert.All([probed, listed], e => Assert.Equal(ObjectStoreFailure.EndpointPath, e.Failure));
        Assert.All([probed, listed], e => Assert.Contains($"without it, 'http://127.0.0.1:{server.Port}'", e.Message));
        Assert.All([probed, listed], e => Assert.Contains($"({code}, request REQ-1)", e.Message));
    }

    [Fact]
    public async Task A_bucket_may_be_called_as_the_path_of_its_server_is()
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Request.Path.StartsWithSegments("/datain/datain")
                ? context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>")
                : ScriptedStore.RefuseAsync(context, 404, "NoSuchBucket")
        );
        await using var store = _stores.OpenS3($"{server.Address}datain");

        await store.ProbeAsync("datain", default);
    }

    [Theory]
    [InlineData("http://datain.s3.example.com", "http://s3.example.com")]
    [InlineData("https://datain.s3.example.com:8443/", "https://s3.example.com:8443")]
    public void A_bucket_in_the_endpoint_s_name_is_said_where_its_list_does_not_come(string endpoint, string without)
    {
        var refused = new ObjectStoreException(ObjectStoreFailure.ObjectNotFound, "No such object.");

        var explained = EndpointRules.ExplainList(refused, new Uri(endpoint), "datain");

        Assert.Equal(ObjectStoreFailure.EndpointPath, explained.Failure);
        Assert.Contains($"without it, '{without}'", explained.Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000", "127")]
    [InlineData("http://datain-2.example.com", "datain")]
    public void What_only_looks_like_the_bucket_is_not_taken_for_it(string endpoint, string bucket)
    {
        var refused = new ObjectStoreException(ObjectStoreFailure.BucketNotFound, "No such bucket.");

        Assert.Same(refused, EndpointRules.ExplainList(refused, new Uri(endpoint), bucket));
    }

    [Fact]
    public async Task A_path_below_which_nothing_is_comes_into_the_sentence()
    {
        await using var server = await ScriptedStore.RefusingAsync(404, "NoSuchKey");
        await using var store = _stores.OpenS3($"{server.Address}some/path");

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.EndpointPath, e.Failure);
        Assert.Contains("'/some/path'", e.Message);
        Assert.StartsWith("GET /some/path/datain", server.Requests.First());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/prefix/")]
    public async Task A_slash_behind_the_address_changes_nothing(string end)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>")
        );
        await using var store = _stores.OpenS3($"http://127.0.0.1:{server.Port}{end}");

        await store.ProbeAsync("datain", default);

        Assert.StartsWith($"GET {end.TrimEnd('/')}/datain?", server.Requests.First().Replace("/?", "?"));
    }

    // What is longer than some seconds is left to the orchestration, which has days.
    [Theory]
    [InlineData("86400")]
    [InlineData("99999999999999999999")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("-5")]
    [InlineData("soon")]
    public async Task No_pause_that_a_store_asks_for_keeps_a_call_for_long(string asked)
    {
        await using var server = await ScriptedStore.RefusingAsync(503, "SlowDown", ("Retry-After", asked));
        await using var store = _stores.OpenS3(server.Address.ToString());
        var began = TimeProvider.System.GetTimestamp();

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.Busy, e.Failure);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_pause_that_a_store_asks_for_is_kept()
    {
        var asked = 0;
        await using var server = await ScriptedStore.StartAsync(context =>
            Interlocked.Increment(ref asked) == 1
                ? ScriptedStore.RefuseAsync(context, 503, "SlowDown", ("Retry-After", "2"))
                : context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>")
        );
        await using var store = _stores.OpenS3(server.Address.ToString());
        var began = TimeProvider.System.GetTimestamp();

        await store.ProbeAsync("datain", default);

        Assert.Equal(2, asked);
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(2));
    }
}
