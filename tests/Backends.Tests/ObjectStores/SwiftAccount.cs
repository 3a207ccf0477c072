using System.Text.Json.Nodes;
using Trainyard.Backends.ObjectStores.Swift;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>The other side's view of an account of Swift: what tests prepare there, and what they find.</summary>
internal sealed class SwiftAccount(Uri account, string token) : IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>The account of a server's owner, by Swift's own login.</summary>
    public static async Task<SwiftAccount> LogInAsync(SwiftServer server)
    {
        using var http = new HttpClient();
        using var login = new HttpRequestMessage(HttpMethod.Get, server.SwiftAuthUrl);
        login.Headers.Add("X-Auth-User", $"{server.Owner.Account}:{server.Owner.User}");
        login.Headers.Add("X-Auth-Key", server.Owner.Key);
        using var answer = await http.SendAsync(login);
        return new SwiftAccount(
            new Uri(answer.Headers.GetValues("X-Storage-Url").Single()),
            answer.Headers.GetValues("X-Auth-Token").Single()
        );
    }

    public Task DeleteContainerAsync(string container) => SendAsync(HttpMethod.Delete, SwiftPath.Of(container));

    public Task MakeContainerAsync(string container) => SendAsync(HttpMethod.Put, SwiftPath.Of(container));

    public Task PutAsync(string container, string name, byte[] content, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Put, SwiftPath.Of(container, name), content, headers);

    public Task SetHeaderAsync(string container, string name, string value) =>
        SendAsync(HttpMethod.Post, SwiftPath.Of(container), [], (name, value));

    /// <summary>Names in a container; none where there is no container.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string container)
    {
        using var request = Request(HttpMethod.Get, SwiftPath.Of(container));
        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode == 404
            ? []
            : (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The segments of an object, as container and name.</summary>
    public async Task<IReadOnlyList<string>> SegmentsAsync(string container, string name)
    {
        using var request = Request(HttpMethod.Get, SwiftPath.Of(container, name) + "?multipart-manifest=get");
        using var response = await _http.SendAsync(request);
        if (!response.Headers.Contains("X-Static-Large-Object"))
        {
            return [];
        }
        var manifest = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
        return [.. manifest.Select(segment => (string)segment!["name"]!)];
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(
        HttpMethod method,
        string path,
        byte[]? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = Request(method, path);
        request.Content = new ByteArrayContent(content ?? []);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, account.AbsoluteUri.TrimEnd('/') + path);
        request.Headers.Add("X-Auth-Token", token);
        return request;
    }
}
