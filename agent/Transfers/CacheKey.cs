using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Identifies content by its store, bucket, key and version. The service listed all of them with the run's own
/// credentials.
/// </summary>
internal sealed record CacheKey(string Name, long Bytes)
{
    private const int Md5Characters = 32;

    /// <summary>
    /// The key of an object's content. The object's address without its signature stands for the store, bucket and
    /// key.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="authorities">The authorities of the store's certificate, besides the node's own.</param>
    /// <param name="ownerKey">The owner of the run.</param>
    /// <returns>Null when the content cannot be told from other content.</returns>
    public static CacheKey? Of(DataObject item, string? authorities, string ownerKey)
    {
        if (item is not { Version: { Length: > 0 } version, Bytes: > 0 } || !AttemptRoutes.IsElsewhere(item.Url))
        {
            return null;
        }
        var place = item.Url.Split('?', 2)[0];
        // A version that does not depend on the content may also occur in another account with the same names.
        var owner = IsOfContent(version) ? "" : ownerKey;
        var bytes = item.Bytes.ToString(CultureInfo.InvariantCulture);
        var text = string.Join('\n', place, version, bytes, owner, authorities ?? "");
        return new CacheKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), item.Bytes);
    }

    /// <summary>Whether the version is an MD5, with or without a number of parts.</summary>
    private static bool IsOfContent(string version) =>
        version.Length >= Md5Characters
        && version[..Md5Characters].All(char.IsAsciiHexDigit)
        && (version.Length == Md5Characters || version[Md5Characters] == '-');
}
