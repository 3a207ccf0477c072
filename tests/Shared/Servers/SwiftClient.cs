using System.Net;
using System.Text.Json.Nodes;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>Puts and gets in a <see cref="SwiftServer"/> by Swift's own protocol: the other side's view of its buckets.</summary>
public sealed class SwiftClient : IDisposable
{
    private readonly HttpClient _http;

    private SwiftClient(Uri account, string token)
    {
        _http = new HttpClient { BaseAddress = account };
        _http.DefaultRequestHeaders.Add("X-Auth-Token", token);
    }

    public static async Task<SwiftClient> Login(SwiftServer server, SwiftUser? user = null)
    {
        user ??= server.Owner;
        using var http = new HttpClient();
        using var login = new HttpRequestMessage(HttpMethod.Get, server.SwiftAuthUrl);
        login.Headers.Add("X-Auth-User", $"{user.Account}:{user.User}");
        login.Headers.Add("X-Auth-Key", user.Key);
        using var answer = await http.SendAsync(login);
        answer.EnsureSuccessStatusCode();
        return new SwiftClient(
            new Uri(answer.Headers.GetValues("X-Storage-Url").Single() + "/"),
            answer.Headers.GetValues("X-Auth-Token").Single()
        );
    }

    public async Task PutContainer(string container, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(container, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Deletes a container and all that is in it.</summary>
    public async Task Delete(string container)
    {
        foreach (var name in await List(container))
        {
            using var deleted = await _http.DeleteAsync(new Uri($"{container}/{name}", UriKind.Relative));
            deleted.EnsureSuccessStatusCode();
        }

        using var answer = await _http.DeleteAsync(new Uri(container, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Deletes what is in a container, if there is one, as far as the server does that now.</summary>
    public async Task DeleteAll(string container)
    {
        using var found = await _http.GetAsync(new Uri(container, UriKind.Relative));
        if (found.StatusCode == HttpStatusCode.NotFound)
        {
            return;
        }
        await Parallel.ForEachAsync(
            await ListAll(container, ""),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (name, token) =>
            {
                var address = new Uri($"{container}/{Uri.EscapeDataString(name)}", UriKind.Relative);
                using var deleted = await _http.DeleteAsync(address, token);
            }
        );
    }

    public async Task Put(string container, string name, string text)
    {
        using var content = new StringContent(text);
        using var answer = await _http.PutAsync(new Uri($"{container}/{name}", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Put(string container, string name, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        using var answer = await _http.PutAsync(new Uri($"{container}/{name}", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    public Task<string> Get(string container, string name) =>
        _http.GetStringAsync(new Uri($"{container}/{name}", UriKind.Relative));

    /// <summary>The names in a container, in their order.</summary>
    public async Task<IReadOnlyList<string>> List(string container)
    {
        var text = await _http.GetStringAsync(new Uri(container, UriKind.Relative));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>All names with this prefix, however many pages they take.</summary>
    public async Task<IReadOnlyList<string>> ListAll(string container, string prefix)
    {
        var names = new List<string>();
        while (true)
        {
            var marker = names.Count == 0 ? "" : names[^1];
            var page = await List(
                $"{container}?prefix={Uri.EscapeDataString(prefix)}&marker={Uri.EscapeDataString(marker)}"
            );
            if (page.Count == 0)
            {
                return names;
            }
            names.AddRange(page);
        }
    }

    /// <summary>What a static large object is made of, as container and name; nothing for others.</summary>
    public async Task<IReadOnlyList<string>> Segments(string container, string name)
    {
        var path = $"{container}/{Uri.EscapeDataString(name)}?multipart-manifest=get";
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        if (!answer.Headers.Contains("X-Static-Large-Object"))
        {
            return [];
        }
        var manifest = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        return [.. manifest.Select(segment => (string)segment!["name"]!)];
    }

    public Task<Stream> Open(string container, string name) =>
        _http.GetStreamAsync(new Uri($"{container}/{name}", UriKind.Relative));

    public void Dispose() => _http.Dispose();
}
