using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Trainyard.Clients.World;

namespace Trainyard.Clients.Wml;

/// <summary>The Python client of 2018 on the wire: what it sends with each call, and how it takes answers apart.</summary>
internal sealed class WmlClient : IDisposable
{
    public const string InstanceId = "3e0a4a3f-11aa-4bd1-9d1c-0a1b2c3d4e5f";

    private readonly HttpClient _http;

    private WmlClient(Uri address) =>
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public string Token { get; private set; } = "";

    /// <summary>The address of published models, as the instance says it.</summary>
    public string PublishedModels { get; private set; } = "";

    /// <summary>What it does before anything else.</summary>
    public static async Task<WmlClient> ConstructAsync(Uri address, string userName, string password)
    {
        var client = new WmlClient(address);
        client.Token = await client.LoginAsync(userName, password);
        var instance = await client.GetAsync($"v3/wml_instances/{InstanceId}");
        Assert.EndsWith($"/wml_instances/{InstanceId}", instance.Text("metadata", "url"));
        client.PublishedModels = instance.Text("entity", "published_models", "url");
        // Once more, for the part of it that keeps models.
        client.Token = await client.LoginAsync(userName, password);
        return client;
    }

    public async Task<string> LoginAsync(string userName, string password, string path = "v3/identity/token")
    {
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        using var answer = await SendAsync(
            HttpMethod.Get,
            path,
            authorization: new AuthenticationHeaderValue("Basic", pair)
        );
        return (await JsonAsync(answer, 200)).Text("token");
    }

    /// <summary>Without Authorization: the old token is in the body.</summary>
    public async Task<string> RefreshAsync()
    {
        using var body = Json(JsonSerializer.Serialize(new { token = Token }));
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("v3/identity/token", UriKind.Relative));
        request.Content = body;
        using var answer = await _http.SendAsync(request);
        return (await JsonAsync(answer, 200)).Text("token");
    }

    /// <summary>It decodes the payload by the standard alphabet, and fails on what is not in it.</summary>
    public static JsonElement DecodePayload(string token)
    {
        var payload = token.Split('.')[1];
        return JsonDocument
            .Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')))
            .RootElement;
    }

    public Task<JsonElement> GetAsync(string address) => CallAsync(HttpMethod.Get, address, 200);

    public async Task<JsonElement> CallAsync(HttpMethod method, string address, int status, object? body = null)
    {
        using var content = body is null ? null : Json(JsonSerializer.Serialize(body));
        using var answer = await SendAsync(method, address, content);
        return status == 204 ? await NothingAsync(answer) : await JsonAsync(answer, status);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string address,
        HttpContent? content = null,
        AuthenticationHeaderValue? authorization = null,
        params (string Name, string Value)[] headers
    )
    {
        // It says that it sends JSON, also where it sends nothing.
        var body = content ?? new ByteArrayContent([]) { Headers = { ContentType = new("application/json") } };
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.RelativeOrAbsolute))
        {
            Content = body,
        };
        request.Headers.Authorization = authorization ?? new AuthenticationHeaderValue("Bearer", Token);
        request.Headers.Add("X-WML-User-Client", "PythonClient");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        return await _http.SendAsync(request);
    }

    /// <summary>A zip as it goes up: without a type, or (cacli) in pieces without a length.</summary>
    public async Task<JsonElement> PutZipAsync(string address, byte[] zip, string? type = null, bool isChunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(address));
        request.Content = new ByteArrayContent(zip);
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var answer = await _http.SendAsync(request);
        return await JsonAsync(answer, 200);
    }

    public async Task<Frames> DialAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"bearer {Token}");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(new Uri($"ws://{_http.BaseAddress!.Authority}/{path}"), limit.Token);
        return new Frames(socket);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> NothingAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == 204, $"{(int)answer.StatusCode} {text}");
        Assert.Empty(text);
        return default;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static StringContent Json(string text) =>
        new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
