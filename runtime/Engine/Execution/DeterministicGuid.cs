using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>GUIDs of version 5 (RFC 4122, section 4.3), in the namespace that the real packages use.</summary>
internal static class DeterministicGuid
{
    private static readonly byte[] Namespace = new Guid("9e952958-5e33-4daf-827f-2fa12937b875").ToByteArray(
        bigEndian: true
    );

    public static Guid Create(string instanceId, DateTime time, int counter)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{instanceId}_{time:o}_{counter}");
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        Hash([.. Namespace, .. Encoding.UTF8.GetBytes(name)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "Version 5 GUIDs are defined with SHA-1; nothing is protected by it."
    )]
    private static void Hash(byte[] data, Span<byte> hash) => SHA1.HashData(data, hash);
}
