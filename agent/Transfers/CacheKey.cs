using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Identifies content by its store, bucket, key and version. The service listed the object with the run's own
/// credentials, so the run may read it.
/// </summary>
internal sealed record CacheKey(string Name, long Bytes)
{
    private const int Md5Characters = 32;

    /// <summary>
    /// Makes the key of an object. Its address without the signature is the store, the bucket and the object's key.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="authorities">The certificate authorities of the store, in addition to the node's own.</param>
    /// <param name="ownerKey">The key of the run's owner.</param>
    /// <returns>Null when the content cannot be told from other content.</returns>
    public static CacheKey? Of(DataObject item, string? authorities, string ownerKey)
    {
        if (item is not { Version: { Length: > 0 } version, Bytes: > 0 } || !AttemptRoutes.IsElsewhere(item.Url))
        {
            return null;
        }
        var place = item.Url.Split('?', 2)[0];
        // A version that is no checksum of the content may occur in another account with the same names, so the owner
        // is part of the key.
        var owner = IsOfContent(version) ? "" : ownerKey;
        var bytes = item.Bytes.ToString(CultureInfo.InvariantCulture);
        var text = string.Join('\n', place, version, bytes, owner, authorities ?? "");
        return new CacheKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), item.Bytes);
    }

    /// <summary>Whether the version is an MD5, alone or with the number of its parts.</summary>
    private static bool IsOfContent(string version) =>
        version.Length >= Md5Characters
        && version[..Md5Characters].All(char.IsAsciiHexDigit)
        && (version.Length == Md5Characters || version[Md5Characters] == '-');
}
