using System.Security.Cryptography;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>ETags of S3 servers: an object's MD5 or, for parts, the MD5 of their MD5s and their number.</summary>
internal static class ETag
{
    public static string Plain(string? text) => (text ?? "").Trim('"').ToLowerInvariant();

    /// <summary>The tag of an object made of these parts, by their MD5s.</summary>
    public static string OfParts(IReadOnlyList<PartReceipt> receipts)
    {
        var hashes = receipts.SelectMany(receipt => Convert.FromHexString(receipt.Md5)).ToArray();
#pragma warning disable CA5351 // S3 defines it so; it guards against accidents, not attacks.
        return $"{Convert.ToHexStringLower(MD5.HashData(hashes))}-{receipts.Count}";
#pragma warning restore CA5351
    }
}
