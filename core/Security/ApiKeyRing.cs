using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
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

    private const int IdLength = 16;

    // A revoked key may still work this long on an instance that has cached it.
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (ApiKey Key, long Since)> _known = new();

    /// <summary>Creates and stores a key. Its text cannot be retrieved later.</summary>
    public async Task<string> CreateAsync(Owner owner, bool isOperator, CancellationToken cancellationToken) =>
        (await CreateAsync(owner, isOperator, lifetime: null, cancellationToken)).Text;

    /// <summary>Creates and stores a key that may expire.</summary>
    public async Task<NewApiKey> CreateAsync(
        Owner owner,
        bool isOperator,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        var text = KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        var key = new ApiKey
        {
            Owner = owner,
            IsOperator = isOperator,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = lifetime is { } span ? time.GetUtcNow() + span : null,
        };
        await PutAsync(text, key, cancellationToken);
        return new(text, IdOf(NameOf(text)), key);
    }

    /// <summary>Stores a key whose text was made elsewhere (a setting, a vault).</summary>
    public async Task AddAsync(string text, Owner owner, bool isOperator, CancellationToken cancellationToken)
    {
        await PutAsync(
            text,
            new()
            {
                Owner = owner,
                IsOperator = isOperator,
                CreatedAt = time.GetUtcNow(),
            },
            cancellationToken
        );
    }

    private Task PutAsync(string text, ApiKey key, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(NameOf(text), key, cancellationToken);

    /// <summary>Finds a key by its hash.</summary>
    public async Task<ApiKey?> FindByHashAsync(string hash, CancellationToken cancellationToken)
    {
        var name = NameOfHash(hash);
        if (_known.TryGetValue(name.ToString(), out var seen) && time.GetElapsedTime(seen.Since) < KnownFor)
        {
            return Valid(seen.Key);
        }
        if (await blobs.ReadJsonAsync<ApiKey>(name, cancellationToken) is not { } key)
        {
            _known.TryRemove(name.ToString(), out _);
            return null;
        }
        _known[name.ToString()] = (key, time.GetTimestamp());
        return Valid(key);
    }

    /// <summary>The owner of each valid key; an owner with several keys is returned several times.</summary>
    public async IAsyncEnumerable<Owner> OwnersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (_, key) in ListAsync(cancellationToken))
        {
            if (!IsOver(key))
            {
                yield return key.Owner;
            }
        }
    }

    /// <summary>All keys by id, including expired ones.</summary>
    public async IAsyncEnumerable<(string Id, ApiKey Key)> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var blob in blobs.ListAsync(Folder, cancellationToken))
        {
            if (await blobs.ReadJsonAsync<ApiKey>(blob.Name, cancellationToken) is { } key)
            {
                yield return (IdOf(blob.Name), key);
            }
        }
    }

    /// <summary>The key with this id, even an expired one, or null.</summary>
    public async Task<ApiKey?> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (!IsId(id))
        {
            return null;
        }

        await foreach (var blob in blobs.ListAsync($"{Folder}{id}", cancellationToken))
        {
            return await blobs.ReadJsonAsync<ApiKey>(blob.Name, cancellationToken);
        }

        return null;
    }

    /// <summary>
    /// Revokes a key: it stops working within 30 seconds. Returns false when there is no key with this id.
    /// </summary>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        if (!IsId(id))
        {
            return false;
        }
        await foreach (var blob in blobs.ListAsync($"{Folder}{id}", cancellationToken))
        {
            _known.TryRemove(blob.Name.ToString(), out _);
            await blobs.DeleteAsync(blob.Name.ToString(), cancellationToken);
            return true;
        }
        return false;
    }

    /// <summary>The hash under which a key is stored: SHA-256 in lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The id of the key with this hash, which may be shown.</summary>
    public static string IdOfHash(string hash) => hash[..IdLength];

    private ApiKey? Valid(ApiKey key) => IsOver(key) ? null : key;

    /// <summary>Whether the owner has a valid key.</summary>
    public async Task<bool> HasKeyAsync(Owner owner, CancellationToken cancellationToken)
    {
        await foreach (var withKey in OwnersAsync(cancellationToken))
        {
            if (withKey == owner)
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsId(string text) => text.Length == IdLength && text.All(char.IsAsciiHexDigitLower);

    private bool IsOver(ApiKey key) => key.ExpiresAt <= time.GetUtcNow();

    private static string IdOf(BlobName name) => name.ToString().Substring(Folder.Length, IdLength);

    private static BlobName NameOf(string text) => NameOfHash(HashOf(text));

    private static BlobName NameOfHash(string hash) => BlobName.Parse($"{Folder}{hash}.json");
}

/// <summary>The stored data of a key, without its text.</summary>
public sealed record ApiKey
{
    public required Owner Owner { get; init; }

    /// <summary>Whether the key may create keys for others.</summary>
    public required bool IsOperator { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time when the key expires; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A new key. Its text cannot be retrieved later.</summary>
public sealed record NewApiKey(string Text, string Id, ApiKey Key);
