using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>What content is known by: its store, bucket, key and version. The service listed all of them with the run's own credentials.</summary>
internal sealed record CacheKey(string Name, long Bytes)
{
    private const int Md5Characters = 32;

    /// <summary>Names the content of an object, its address without what signs it being store, bucket and key.</summary>
    /// <param name="item">The object.</param>
    /// <param name="authorities">What vouches for the store beside the node's own authorities.</param>
    /// <param name="ownerKey">Whose run it is.</param>
    /// <returns>Null where it cannot be told from others.</returns>
    public static CacheKey? Of(DataObject item, string? authorities, string ownerKey)
    {
        if (item is not { Version: { Length: > 0 } version, Bytes: > 0 } || !AttemptRoutes.IsElsewhere(item.Url))
        {
            return null;
        }
        var place = item.Url.Split('?', 2)[0];
        // A version that says nothing of the content may be another's too, in an account of the same names.
        var owner = IsOfContent(version) ? "" : ownerKey;
        var bytes = item.Bytes.ToString(CultureInfo.InvariantCulture);
        var text = string.Join('\n', place, version, bytes, owner, authorities ?? "");
        return new CacheKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), item.Bytes);
    }

    /// <summary>An MD5, alone or with the number of parts that it was made of.</summary>
    private static bool IsOfContent(string version) =>
        version.Length >= Md5Characters
        && version[..Md5Characters].All(char.IsAsciiHexDigit)
        && (version.Length == Md5Characters || version[Md5Characters] == '-');
}
