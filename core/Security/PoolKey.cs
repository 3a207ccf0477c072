using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Core.Security;

/// <summary>The secret with which nodes of the pool authenticate. Compared in constant time.</summary>
public sealed class PoolKey(string text)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether this is the pool's key.</summary>
    public bool Matches(string? candidate) =>
        candidate is not null
        && CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(candidate)));
}
