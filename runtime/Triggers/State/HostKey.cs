using System.Security.Cryptography;
using System.Text;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.State;

/// <summary>The host's master key: made at the first start, readable by the folder's owner only.</summary>
internal sealed class HostKey
{
    public const string HeaderName = "x-functions-key";
    public const string QueryName = "code";

    private readonly byte[] _hash;

    private HostKey(string key) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static HostKey LoadOrCreate(HostFolder folder)
    {
        var path = folder.File("host.key");
        if (!File.Exists(path))
        {
            DurableFiles.WritePrivate(path, Encoding.ASCII.GetBytes(NewKey()));
        }
        return new HostKey(File.ReadAllText(path).Trim());
    }

    public bool Matches(string? candidate) =>
        candidate is { Length: > 0 }
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(candidate)), _hash);

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
