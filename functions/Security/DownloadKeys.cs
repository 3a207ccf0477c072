using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Contracts.Runs;

namespace Trainyard.Functions.Security;

/// <summary>
/// The keys in short-lived addresses of stored files: each opens one file of one run, for ten minutes. They are not stored:
/// a key holds what it opens and its expiry, encrypted with the service's own keys.
/// </summary>
public sealed class DownloadKeys(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>How long a download may begin.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _seal = protection.CreateProtector("Trainyard.DownloadKeys");

    internal string Create(DownloadKey key)
    {
        var content = new Content(key, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        return Base64Url.EncodeToString(_seal.Protect(JsonSerializer.SerializeToUtf8Bytes(content)));
    }

    /// <summary>What a key opens; null when this service did not create it, or it has expired.</summary>
    internal DownloadKey? Find(string text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }
        try
        {
            var content = JsonSerializer.Deserialize<Content>(_seal.Unprotect(Base64Url.DecodeFromChars(text)))!;
            return content.ExpiresAt > time.GetUtcNow().ToUnixTimeSeconds() ? content.Key : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Content(DownloadKey Key, long ExpiresAt);
}

/// <summary>A stored file that may be downloaded.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Offset">Where it begins in the list of the run's stored files.</param>
/// <param name="Secret">The name of the owner's secret that opens the bucket; null for the manifest's own.</param>
internal sealed record DownloadKey(RunId Run, long Offset, string? Secret);
