using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Backends.Dispatch;

/// <summary>The secret of a lease: 256 random bits. Only its hash is kept.</summary>
internal static class LeaseToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static bool Matches(string token, byte[]? hash) =>
        hash is not null && CryptographicOperations.FixedTimeEquals(Hash(token), hash);
}
