using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Trainyard.Clients.World;

namespace Trainyard.Clients.Ffdl;

/// <summary>
/// FfDL's command line on the wire: which headers it sends with what, and how it reads answers. It looks at the type before
/// the status, and dies of a field that is missing or of another kind.
/// </summary>
internal sealed class FfdlCli(Uri address, string userName, string password) : IDisposable
{
    public const string Json = "application/json";
    public const string Bytes = "application/octet-stream";

    // Its own limit is ten seconds; a machine that runs other tests beside this one is no fault of the service.
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(60);

    private static readonly JsonSerializerOptions Reading = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
    };

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip, AllowAutoRedirect = false }
    )
    {
        BaseAddress = address,
        Timeout = OperationTimeout,
    };

    private string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));

    private string UserInfo => $"bluemix-instance-id={userName}";

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body = null,
        string accept = Json,
        bool withBasic = true
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.UserAgent.ParseAdd("Go-http-client/1.1");
        request.Headers.Add("X-Watson-Userinfo", UserInfo);
        request.Headers.Authorization = withBasic ? new AuthenticationHeaderValue("Basic", Basic) : null;
        return await _http.SendAsync(request);
    }

    /// <summary>An answer that is read as JSON: its type first, then its status, then its fields.</summary>
    public async Task<T> ReadAsync<T>(Task<HttpResponseMessage> sending, int status)
    {
        using var answer = await sending;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == Json, $"{answer.Content.Headers}\n{text}");
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<T>(text, Reading)!;
    }

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Reading)!;

    public Task<T> GetAsync<T>(string path, int status = 200) => ReadAsync<T>(SendAsync(HttpMethod.Get, path), status);

    /// <summary>An answer that is copied to the screen or into a file: of one type only.</summary>
    public async Task<byte[]> GetBytesAsync(string path, bool withBasic)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, accept: Bytes, withBasic: withBasic);
        var content = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Bytes, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return content;
    }

    /// <summary>The upload: no length, both parts of one type, in any order. Gives what it prints as the id.</summary>
    public async Task<string> TrainAsync(string manifest, byte[] zip, bool manifestFirst)
    {
        using var answer = await UploadAsync(manifest, zip, manifestFirst);
        Assert.True(answer.StatusCode is HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        // Taken as it stands, but for this.
        return answer.Headers.GetValues("Location").Single().Replace("/v1/models/", "");
    }

    public async Task<HttpResponseMessage> UploadAsync(string manifest, byte[] zip, bool manifestFirst)
    {
        using var body = new MultipartFormDataContent("a-boundary-of-go");
        var parts = new List<Action>
        {
            () => body.Add(Part(Encoding.UTF8.GetBytes(manifest)), "manifest", "manifest.yml"),
            () => body.Add(Part(zip), "model_definition", "model.zip"),
        };
        foreach (var add in manifestFirst ? parts : [.. parts.AsEnumerable().Reverse()])
        {
            add();
        }
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri("v1/models?version=2017-02-13", UriKind.Relative)
        )
        {
            Content = body,
        };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Accept.ParseAdd(Json);
        request.Headers.Add("X-Watson-Userinfo", UserInfo);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Basic);
        return await _http.SendAsync(request);

        static ByteArrayContent Part(byte[] bytes) =>
            new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(Bytes) } };
    }

    public async Task<Frames> DialAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Basic {Basic}");
        socket.Options.SetRequestHeader("X-Watson-Userinfo", UserInfo);
        socket.Options.SetRequestHeader("Origin", "http://localhost/");
        socket.Options.AddSubProtocol("ws");
        using var limit = new CancellationTokenSource(OperationTimeout);
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/{path}"), limit.Token);
        return new Frames(socket);
    }

    public void Dispose() => _http.Dispose();
}
