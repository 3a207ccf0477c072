using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Core.Stores;

/// <summary>Stores records as JSON, one per blob.</summary>
public static class JsonBlobs
{
    /// <summary>Reads a record; null when there is no such blob.</summary>
    /// <exception cref="JsonException">The blob does not contain such a record.</exception>
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

    /// <summary>Stores a record, replacing the one before; durable before it returns.</summary>
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
