using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace Trainyard.Functions.Security;

/// <summary>
/// Tokens for clients of 2018, which log in with a key and decode the token: header, payload and signature. The
/// signature is the payload, encrypted with the service's own keys. A token grants what its key grants, and is void
/// once the key is revoked or has expired.
/// </summary>
public sealed class LoginTokens(IDataProtectionProvider protection, TimeProvider time)
{
    // Clients refresh a token when half an hour is left.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private static readonly string Header = Base64Url.EncodeToString("""{"typ":"JWT","alg":"sealed"}"""u8);

    private readonly IDataProtector _seal = protection.CreateProtector("Trainyard.LoginTokens");

    /// <param name="keyHash">The hash of the key that the token stands for.</param>
    /// <param name="owner">The key's owner.</param>
    /// <param name="keyEnd">When the key expires: the token does not promise to live longer.</param>
    internal string Create(string keyHash, string owner, DateTimeOffset? keyEnd)
    {
        var now = time.GetUtcNow();
        var end = keyEnd < now + Lifetime ? keyEnd.Value : now + Lifetime;
        var claims = new Claims(owner, keyHash, now.ToUnixTimeSeconds(), end.ToUnixTimeSeconds());
        // Some clients decode the payload as standard Base64. For ASCII without '>', '?' and '~' both alphabets agree.
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        var signature = Base64Url.EncodeToString(_seal.Protect(Encoding.ASCII.GetBytes(payload)));
        return $"{Header}.{payload}.{signature}";
    }

    /// <summary>
    /// The hash of the token's key; null when this service did not create the token, or it has expired.
    /// </summary>
    internal string? Read(string token) => Open(token) is { } claims && !IsOver(claims) ? claims.KeyHash : null;

    /// <summary>Whether this service created the token, and it has expired.</summary>
    internal bool HasExpired(string token) => Open(token) is { } claims && IsOver(claims);

    private bool IsOver(Claims claims) => claims.ExpiresAt <= time.GetUtcNow().ToUnixTimeSeconds();

    private Claims? Open(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || parts[0] != Header || !Base64Url.IsValid(parts[2]))
        {
            return null;
        }
        try
        {
            var payload = Encoding.ASCII.GetString(_seal.Unprotect(Base64Url.DecodeFromChars(parts[2])));
            return payload == parts[1] ? JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(payload)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Claims(
        [property: JsonPropertyName("sub")] string Owner,
        [property: JsonPropertyName("key")] string KeyHash,
        [property: JsonPropertyName("iat")] long IssuedAt,
        [property: JsonPropertyName("exp")] long ExpiresAt
    );
}
