using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Core.Pools;

/// <summary>The secret of a lease: 256 random bits. Only its hash is kept.</summary>
public static class LeaseToken
{
    private const int Bytes = 32;

    /// <summary>A new token.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What a queue keeps of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether the hash is that token's, in constant time.</summary>
    public static bool Matches(string token, byte[]? hash) =>
        hash is not null && CryptographicOperations.FixedTimeEquals(Hash(token), hash);
}
