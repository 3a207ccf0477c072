using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Security;

/// <summary>
/// The API keys: 192 random bits each, kept only as SHA-256. A key of that length needs no slow hash: it cannot be guessed.
/// </summary>
public sealed class ApiKeyRing(IBlobStore blobs, TimeProvider time)
{
    private const int KeyBytes = 24;
    private const string KeyPrefix = "ty_";
    private const string Folder = "keys/";

    // A key never changes its owner, so what was found once holds for the life of the process.
    private readonly ConcurrentDictionary<string, ApiKey> known = new();

    /// <summary>Makes and keeps a key. Its text cannot be had again.</summary>
    public async Task<string> CreateAsync(Owner owner, bool isOperator, CancellationToken cancellationToken)
    {
        var text = KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        await AddAsync(text, owner, isOperator, cancellationToken);
        return text;
    }

    /// <summary>Keeps a key whose text was made elsewhere (a setting, a vault).</summary>
    public async Task AddAsync(string text, Owner owner, bool isOperator, CancellationToken cancellationToken)
    {
        var key = new ApiKey
        {
            Owner = owner,
            IsOperator = isOperator,
            CreatedAt = time.GetUtcNow(),
        };
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(key, WireJson.Options));
        await blobs.PutAsync(NameOf(text), content, expectedSha256: null, cancellationToken);
    }

    /// <summary>Whose key this is, or null.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > 200)
            return null;
        var name = NameOf(text);
        if (known.TryGetValue(name.ToString(), out var key))
            return key;
        await using var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        if (content is null)
            return null;
        key = await JsonSerializer.DeserializeAsync<ApiKey>(content, WireJson.Options, cancellationToken);
        return known.GetOrAdd(name.ToString(), key!);
    }

    /// <summary>The owner of each key; one with several keys comes several times.</summary>
    public async IAsyncEnumerable<Owner> OwnersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in blobs.ListAsync(Folder, cancellationToken))
        {
            await using var content = await blobs.OpenReadAsync(blob.Name, 0, null, cancellationToken);
            if (content is null)
                continue;
            var key = await JsonSerializer.DeserializeAsync<ApiKey>(content, WireJson.Options, cancellationToken);
            yield return key!.Owner;
        }
    }

    private static BlobName NameOf(string text) =>
        BlobName.Parse($"{Folder}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}.json");
}

/// <summary>What is known of a key; not its text.</summary>
public sealed record ApiKey
{
    public required Owner Owner { get; init; }

    /// <summary>Whether it may make keys for others.</summary>
    public required bool IsOperator { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
