using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Lists a container by pages.</summary>
internal sealed class SwiftListing(SwiftSession session)
{
    // The hash of empty content: a dynamic large object (joined from parts by their names) is listed as empty.
    private const string EmptyHash = "d41d8cd98f00b204e9800998ecf8427e";
    private const int ParallelLooks = 8;

    public async Task<ObjectPage> ListAsync(
        string container,
        string prefix,
        string? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = $"?format=json&limit={limit}&prefix={Uri.EscapeDataString(prefix)}";
        if (after is not null)
        {
            query += $"&marker={Uri.EscapeDataString(after)}";
        }
        using var response = await session.SendAsync(
            HttpMethod.Get,
            SwiftPath.Of(container) + query,
            prepare: null,
            cancellationToken
        );
        var entries = await ReadAsync(response, container, cancellationToken);
        var objects = new StoredObject[entries.Count];
        await Parallel.ForAsync(
            0,
            entries.Count,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelLooks, CancellationToken = cancellationToken },
            async (i, token) => objects[i] = await ObjectOfAsync(container, entries[i], token)
        );
        return new ObjectPage(objects, entries.Count >= limit ? entries[^1].Name : null);
    }

    private async ValueTask<StoredObject> ObjectOfAsync(
        string container,
        Entry entry,
        CancellationToken cancellationToken
    )
    {
        var bytes = entry is { Bytes: 0, Hash: EmptyHash or null }
            ? await LengthAsync(container, entry.Name!, cancellationToken)
            : entry.Bytes;
        return new StoredObject(entry.Name!, bytes, entry.Hash);
    }

    private async Task<long> LengthAsync(string container, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await session.SendAsync(
                HttpMethod.Head,
                SwiftPath.Of(container, name),
                prepare: null,
                cancellationToken
            );
            return response.Content.Headers.ContentLength ?? 0;
        }
        catch (SwiftError e) when ((int)e.Status is 404)
        {
            return 0;
        }
    }

    private static async Task<List<Entry>> ReadAsync(
        HttpResponseMessage response,
        string container,
        CancellationToken cancellationToken
    )
    {
        if ((int)response.StatusCode == 204)
        {
            return [];
        }
        try
        {
            var entries = await response.Content.ReadFromJsonAsync<List<Entry>>(cancellationToken);
            return entries?.FindAll(entry => entry.Name is { Length: > 0 }) ?? [];
        }
        catch (JsonException)
        {
            throw StoreErrors.NotAList(container);
        }
    }

    private sealed record Entry(
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("bytes")] long Bytes,
        [property: JsonPropertyName("hash")] string? Hash
    );
}
