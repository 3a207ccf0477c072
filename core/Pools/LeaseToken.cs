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

    /// <summary>The hash that queues store for a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Compares a token with a stored hash in constant time.</summary>
    public static bool Matches(string token, byte[]? hash) =>
        hash is not null && CryptographicOperations.FixedTimeEquals(Hash(token), hash);
}
