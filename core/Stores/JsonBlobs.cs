using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Core.Stores;

/// <summary>Records that are kept as JSON, one to a blob.</summary>
public static class JsonBlobs
{
    /// <summary>Reads a record; null when there is no such blob.</summary>
    /// <exception cref="JsonException">The blob holds something else.</exception>
    public static async Task<T?> ReadJsonAsync<T>(
        this IBlobStore blobs,
        BlobName name,
        CancellationToken cancellationToken
    )
        where T : class
    {
        await using var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        return content is null
            ? null
            : await JsonSerializer.DeserializeAsync<T>(content, WireJson.Options, cancellationToken);
    }

    /// <summary>Keeps a record, in place of the one before; durable before it returns.</summary>
    public static async Task WriteJsonAsync<T>(
        this IBlobStore blobs,
        BlobName name,
        T value,
        CancellationToken cancellationToken
    )
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options));
        await blobs.PutAsync(name, content, expectedSha256: null, cancellationToken);
    }
}
