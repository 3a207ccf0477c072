using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Contracts.Runs;

namespace Trainyard.Functions.Security;

/// <summary>
/// S3 keys that open a run's two log files and nothing else, for an hour. They are not stored: the access key id holds
/// the run, the expiry and the secret, encrypted with the service's own keys.
/// </summary>
public sealed class LogKeys(IDataProtectionProvider protection, TimeProvider time)
{
    private const int SecretBytes = 24;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly IDataProtector _seal = protection.CreateProtector("Trainyard.LogKeys");

    internal LogKey Create(RunId run)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var content = new Content(run, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds(), secret);
        var id = Base64Url.EncodeToString(_seal.Protect(JsonSerializer.SerializeToUtf8Bytes(content)));
        return new LogKey(run, id, secret);
    }

    /// <summary>The key; null when this service did not create it, or it has expired.</summary>
    internal LogKey? Find(string accessKeyId)
    {
        if (!Base64Url.IsValid(accessKeyId))
        {
            return null;
        }
        try
        {
            var content = JsonSerializer.Deserialize<Content>(_seal.Unprotect(Base64Url.DecodeFromChars(accessKeyId)))!;
            return content.ExpiresAt > time.GetUtcNow().ToUnixTimeSeconds()
                ? new LogKey(content.Run, accessKeyId, content.Secret)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Content(RunId Run, long ExpiresAt, string Secret);
}

/// <summary>An access key id and its secret, and the run whose log files they open.</summary>
internal sealed record LogKey(RunId Run, string AccessKeyId, string Secret);
