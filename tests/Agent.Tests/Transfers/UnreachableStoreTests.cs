using System.Net;
using System.Security.Cryptography.X509Certificates;
using Trainyard.Agent.Service;
using Trainyard.Agent.Tests.Service;
using Trainyard.Agent.Transfers;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>What keeps a node from a store is told as what it is, with a code for the run's reason, and never with the signature.</summary>
public sealed class UnreachableStoreTests
{
    private const string Signature = "signature=of-the-address";

    [Fact]
    public async Task A_certificate_is_refused_for_what_is_wrong_with_it()
    {
        using var authority = new TestAuthority();
        using var unknown = authority.Issue(IPAddress.Loopback);
        using var expired = authority.Issue(IPAddress.Loopback, DateTimeOffset.UtcNow.AddHours(-1));
        using var ofAnother = authority.Issue(IPAddress.Parse("127.0.0.9"));
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        Assert.Contains(
            "its certificate is not trusted (issued by 'CN=Authority of a test')",
            await RefusedAsync(harness, unknown, authorities: null)
        );
        Assert.Contains("its certificate is valid from", await RefusedAsync(harness, expired, authority.Pem));
        Assert.Contains(
            "its certificate is for another name ('CN=a-store.test', issued by 'CN=Authority of a test').",
            await RefusedAsync(harness, ofAnother, authority.Pem)
        );
    }

    [Fact]
    public async Task A_name_that_the_node_does_not_know_is_told_with_its_code()
    {
        var failure = await FetchAsync($"http://no-such-store.invalid/bucket/object?{Signature}");

        Assert.Equal("store_host_not_found", failure.Code);
        Assert.Contains("'no-such-store.invalid' is not known to the node's DNS", failure.Message);
    }

    [Fact]
    public async Task Where_nobody_listens_is_told_with_its_code()
    {
        var port = FreePort.Find();
        var failure = await FetchAsync($"http://127.0.0.1:{port}/bucket/object?{Signature}");

        Assert.Equal("store_connection_refused", failure.Code);
        Assert.Contains($"Nothing listens at the store at '127.0.0.1:{port}'", failure.Message);
    }

    [Theory]
    [InlineData(403, "InvalidObjectState", "store_object_archived")]
    [InlineData(409, "BlobBeingRehydrated", "store_object_archived")]
    [InlineData(400, "ExpiredToken", "store_denied")]
    [InlineData(404, "NoSuchKey", null)]
    public async Task What_a_store_refuses_has_the_code_of_the_run_s_reason(int status, string code, string? cause)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var item = store.Add(
            "an-object",
            new byte[10],
            "one",
            (_, context) =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers["x-ms-error-code"] = code;
                context.Response.Headers["x-amz-request-id"] = "REQ-7";
                return true;
            }
        );

        var (_, report) = await harness.RunAsync("true", d => d.Data.Add(item));

        Assert.Equal((AttemptOutcome.DownloadFailed, cause), (report.Outcome, report.Cause));
        Assert.Contains($"the store answered {status} ({code}, request REQ-7)", report.Message);
    }

    [Fact]
    public async Task What_the_service_met_while_it_listed_is_told_with_its_code()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (_, context) =>
            context.Request.Path.Value!.EndsWith("/data", StringComparison.Ordinal) ? 422 : null;
        harness.StartAgent();

        var (_, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Equal("interfered", report.Cause);
    }

    private static async Task<string> RefusedAsync(
        AgentHarness harness,
        X509Certificate2 certificate,
        string? authorities
    )
    {
        await using var store = await PlainStore.StartAsync("content"u8.ToArray(), certificate);
        var (_, report) = await harness.RunAsync(
            "true",
            d =>
            {
                d.Data.Add(new FakeObject("far", "content"u8.ToArray()) { Url = store.Url });
                d.DataAuthorities = authorities;
            }
        );
        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Equal("store_certificate_untrusted", report.Cause);
        Assert.Empty(store.Authorizations);
        return report.Message;
    }

    // As it is before the tries that follow, which take a minute.
    private static async Task<ServiceAwayException> FetchAsync(string url)
    {
        var address = new Uri(url);
        using var stores = HttpClients.ForStores(useProxy: false);
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => stores.GetAsync(address));
        var failure = Assert.IsType<ServiceAwayException>(StoreConnection.Failed(e, address));
        Assert.DoesNotContain(Signature, failure.Message);
        return failure;
    }
}
