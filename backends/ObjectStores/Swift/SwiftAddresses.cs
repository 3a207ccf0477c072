using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>
/// Temporary addresses, available if the account or container has a key for them that this user may read.
/// </summary>
internal sealed class SwiftAddresses(SwiftHttp http, SwiftSession session, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly Dictionary<string, string?> _keys = [];
    private SwiftAbilities? _abilities;

    public async Task<SwiftAbilities> AbilitiesAsync(CancellationToken cancellationToken) =>
        _abilities ??= await SwiftAbilities.AskAsync(http, session, cancellationToken);

    /// <summary>Whether addresses of a container can be signed.</summary>
    public async Task<bool> AreSignedAsync(string container, CancellationToken cancellationToken) =>
        await KeyAsync(container, cancellationToken) is not null;

    public async Task<Uri?> SignAsync(
        HttpMethod method,
        string container,
        string name,
        TimeSpan expiry,
        CancellationToken cancellationToken
    )
    {
        if (await KeyAsync(container, cancellationToken) is not { } key)
        {
            return null;
        }
        var account = await session.AccountAsync(cancellationToken);
        var digests = (await AbilitiesAsync(cancellationToken)).AddressDigests;
        var expires = (time.GetUtcNow() + expiry).ToUnixTimeSeconds();
        // The signature covers the unescaped path; the address has the path escaped.
        var plain = $"{Uri.UnescapeDataString(account.AbsolutePath).TrimEnd('/')}/{container}/{name}";
        var signature = Sign($"{method}\n{expires}\n{plain}", key, digests);
        var escaped = account.AbsoluteUri.TrimEnd('/') + SwiftPath.Of(container, name);
        return signature is null ? null : new Uri($"{escaped}?temp_url_sig={signature}&temp_url_expires={expires}");
    }

    public void Dispose() => _looking.Dispose();

    private static string? Sign(string text, string key, IReadOnlyList<string> digests)
    {
        var (secret, bytes) = (Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text));
        if (digests.Contains("sha256", StringComparer.Ordinal))
        {
            return Convert.ToHexStringLower(HMACSHA256.HashData(secret, bytes));
        }
#pragma warning disable CA5350 // All that older clusters know.
        return digests.Contains("sha1", StringComparer.Ordinal)
            ? Convert.ToHexStringLower(HMACSHA1.HashData(secret, bytes))
            : null;
#pragma warning restore CA5350
    }

    private async Task<string?> KeyAsync(string container, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            if (!_keys.TryGetValue(container, out var key))
            {
                _keys[container] = key = await FindKeyAsync(container, cancellationToken);
            }
            return key;
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task<string?> FindKeyAsync(string container, CancellationToken cancellationToken)
    {
        if ((await AbilitiesAsync(cancellationToken)).AddressDigests.Count == 0)
        {
            return null;
        }
        return await HeaderAsync("", "X-Account-Meta-Temp-Url-Key", cancellationToken)
            ?? await HeaderAsync(SwiftPath.Of(container), "X-Container-Meta-Temp-Url-Key", cancellationToken);
    }

    // Only owners see keys; for other users the header is missing, or the account is forbidden.
    private async Task<string?> HeaderAsync(string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await session.SendAsync(HttpMethod.Head, path, prepare: null, cancellationToken);
            return response.Headers.TryGetValues(name, out var values) ? values.First() : null;
        }
        catch (SwiftError e) when ((int)e.Status is 403 or 404)
        {
            return null;
        }
    }
}
