using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.ObjectStores.Webhooks;
using Trainyard.Backends.Tests.ObjectStores.Answers;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Webhooks;

public sealed class HttpWebhookTests : IAsyncLifetime
{
    private readonly TaskCompletionSource<(IDictionary<string, string> Headers, string Body)> _received = new();
    private WebApplication? _receiver;
    private int _status = StatusCodes.Status204NoContent;

    private Uri Address => new($"{_receiver!.Urls.First()}/hook?token=hidden");

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.Urls.Add("http://127.0.0.1:0");
        _receiver.MapPost(
            "/hook",
            async (HttpRequest request) =>
            {
                var body = await new StreamReader(request.Body).ReadToEndAsync();
                var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
                _received.TrySetResult((headers, body));
                return Results.StatusCode(_status);
            }
        );
        await _receiver.StartAsync();
    }

    public async Task DisposeAsync() => await _receiver!.DisposeAsync();

    [Fact]
    public async Task The_receiver_can_check_who_called_and_what_was_said()
    {
        await PostAsync(Address, new Secret("key"));

        var (headers, body) = await _received.Task;
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes(body));
        Assert.Equal($"sha256={Convert.ToHexStringLower(expected)}", headers["X-Trainyard-Signature"]);
        Assert.Equal("completed", headers["X-Trainyard-Event"]);
        Assert.Equal("delivery-1", headers["X-Trainyard-Delivery"]);
        Assert.Equal("""{"a":1}""", body);
    }

    [Fact]
    public async Task Without_a_key_there_is_no_signature()
    {
        await PostAsync(Address, key: null);
        Assert.False((await _received.Task).Headers.ContainsKey("X-Trainyard-Signature"));
    }

    [Fact]
    public async Task An_answer_that_is_no_success_is_told_without_path_and_query()
    {
        _status = StatusCodes.Status500InternalServerError;
        var refused = await Assert.ThrowsAsync<WebhookException>(() => PostAsync(Address, key: null));
        Assert.Contains("500", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/hook", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_as_such()
    {
        var port = Trainyard.Tests.Shared.FreePort.Find();
        var url = new Uri($"http://{IPAddress.Loopback}:{port}/hook");
        var nobody = await Assert.ThrowsAsync<WebhookException>(() => PostAsync(url, key: null));
        Assert.Contains($"http://127.0.0.1:{port} gave no answer", nobody.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/hook", nobody.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_is_trusted_where_the_run_names_its_authority_and_nowhere_else()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(IPAddress.Loopback);
        await using var receiver = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);
        var url = new Uri($"{receiver.Address}hook?token=hidden");
        using var network = new StoreNetwork(Options.Create(new StoreOptions()), TimeProvider.System);

        await PostAsync(network, url, key: null, authority.Pem);
        // Nobody else goes over the connection that only this authority made trustworthy.
        var without = await Assert.ThrowsAsync<WebhookException>(() => PostAsync(network, url, key: null));

        Assert.Single(receiver.Requests);
        Assert.EndsWith(
            "gave no answer: The server at '127.0.0.1' cannot be trusted: its certificate is not trusted (issued by 'CN=Authority of a test').",
            without.Message
        );
        Assert.DoesNotContain("hidden", without.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authority_does_not_vouch_for_a_receiver()
    {
        using var authority = new TestAuthority();
        using var another = new TestAuthority("Another one");
        using var certificate = authority.Issue(IPAddress.Loopback);
        await using var receiver = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);
        using var network = new StoreNetwork(Options.Create(new StoreOptions()), TimeProvider.System);

        var refused = await Assert.ThrowsAsync<WebhookException>(() =>
            PostAsync(network, new Uri($"{receiver.Address}hook"), key: null, another.Pem)
        );

        Assert.EndsWith("nor by the manifest's `ca_certificate`.", refused.Message);
        Assert.Empty(receiver.Requests);
    }

    private static async Task PostAsync(Uri url, Secret? key)
    {
        using var network = new StoreNetwork(Options.Create(new StoreOptions()), TimeProvider.System);
        await PostAsync(network, url, key);
    }

    private static async Task PostAsync(StoreNetwork network, Uri url, Secret? key, string? authorities = null)
    {
        var call = new WebhookCall
        {
            Url = url,
            State = "completed",
            DeliveryId = "delivery-1",
            Body = Encoding.UTF8.GetBytes("""{"a":1}"""),
            CaCertificate = authorities,
            SigningKey = key,
        };
        await new HttpWebhook(network).PostAsync(call, CancellationToken.None);
    }
}
