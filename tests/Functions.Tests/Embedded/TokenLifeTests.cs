using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

/// <summary>A login token from its first day to its last, on the real service with a clock that the test moves.</summary>
public sealed class TokenLifeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 6, 1, 8, 0, 0, TimeSpan.Zero));
    private IHost _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        var port = FreePort.Find();
        var builder = EmbeddedApplication.CreateBuilder(
            ["--port", $"{port}"],
            () => _home.Path,
            app =>
            {
                app.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        [StateFolder.ConfigurationKey] = _home.Path,
                        ["Pool:StartAgent"] = "false",
                    }
                );
                app.Services.AddSingleton<TimeProvider>(_time);
                Composition.Compose(app, app, BackendKind.Embedded);
            }
        );
        _host = builder.Build();
        await _host.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.StopAsync();
        _host.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_is_got_used_refreshed_and_refused_when_it_is_over()
    {
        var begun = _time.GetUtcNow();
        var key = await KeyAsync("carol", lifetime: null);

        var first = await LoginAsync(key.Text);
        Assert.Equal(begun.AddHours(12), EndOf(first));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "v3/models", first)).Status);

        // The client asks for another one when less than half an hour is left; the first one stays good.
        _time.Advance(TimeSpan.FromHours(11.6));
        var second = await RefreshAsync(first);
        Assert.Equal(begun.AddHours(23.6), EndOf(second));
        foreach (var token in new[] { first, second })
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "v3/models", token)).Status);
        }

        _time.Advance(TimeSpan.FromHours(0.5));
        await AssertOverAsync(first, "token_expired");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "v3/models", second)).Status);

        // From at most 30 seconds after its key is revoked it is worth nothing.
        Assert.True(await _host.Services.GetRequiredService<ApiKeyRing>().RevokeAsync(key.Id, default));
        _time.Advance(TimeSpan.FromSeconds(31));
        await AssertOverAsync(second, "unauthorized");
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAnswerAsync(key.Text)).StatusCode);
    }

    [Fact]
    public async Task It_does_not_promise_to_live_longer_than_its_key()
    {
        var key = await KeyAsync("carol", TimeSpan.FromHours(1));

        var token = await LoginAsync(key.Text);
        Assert.Equal(_time.GetUtcNow().AddHours(1), EndOf(token));
        _time.Advance(TimeSpan.FromMinutes(40));
        var refreshed = await RefreshAsync(token);
        Assert.Equal(EndOf(token), EndOf(refreshed));

        _time.Advance(TimeSpan.FromMinutes(21));
        await AssertOverAsync(refreshed, "token_expired");
    }

    private Task<NewApiKey> KeyAsync(string owner, TimeSpan? lifetime) =>
        _host
            .Services.GetRequiredService<ApiKeyRing>()
            .CreateAsync(Owner.Parse(owner), isOperator: false, lifetime, default);

    // Every way in is closed, each with the reason in the two forms that clients read.
    private async Task AssertOverAsync(string token, string code)
    {
        foreach (
            var (method, path) in new[]
            {
                (HttpMethod.Get, "v3/models"),
                (HttpMethod.Get, "v3/wml_instances/3e0a4a3f-11aa-4bd1-9d1c-0a1b2c3d4e5f"),
                (HttpMethod.Get, "v3/identity/token"),
                (HttpMethod.Get, "v2/identity/token"),
                (HttpMethod.Post, "v3/experiments"),
                (HttpMethod.Get, "v3/ml_assets/training_definitions/3e0a4a3f-11aa-4bd1-9d1c-0a1b2c3d4e5f"),
            }
        )
        {
            var (status, problem) = await AskAsync(method, path, token);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, status));
            Assert.Equal(code, problem.GetProperty("code").GetString());
            Assert.Equal(
                problem.GetProperty("detail").GetString(),
                problem.GetProperty("errors")[0].GetProperty("message").GetString()
            );
        }
        using var refreshed = await _http.PutAsJsonAsync("v3/identity/token", new { token });
        Assert.Equal(HttpStatusCode.Unauthorized, refreshed.StatusCode);
        Assert.Equal(code, (await refreshed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());

        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"bearer {token}");
        var monitor = new Uri($"ws://127.0.0.1:{_http.BaseAddress!.Port}/v3/models/training-DOl4q2LkR/monitor");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(monitor, default));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    private async Task<HttpResponseMessage> LoginAnswerAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v3/identity/token");
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"carol:{key}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        return await _http.SendAsync(request);
    }

    private async Task<string> LoginAsync(string key)
    {
        using var answer = await LoginAnswerAsync(key);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    // Without Authorization: the token is in the body.
    private async Task<string> RefreshAsync(string token)
    {
        using var answer = await _http.PutAsJsonAsync("v3/identity/token", new { token });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    // As the client decodes it: the standard alphabet.
    private static DateTimeOffset EndOf(string token)
    {
        var payload = token.Split('.')[1];
        var claims = Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='));
        return DateTimeOffset.FromUnixTimeSeconds(
            JsonSerializer.Deserialize<JsonElement>(claims).GetProperty("exp").GetInt64()
        );
    }
}
