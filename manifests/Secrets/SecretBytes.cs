using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Secrets;

/// <summary>Secret bytes on their way to or from the secret store. Prints as stars; wiped when disposed.</summary>
[JsonConverter(typeof(RefuseToSerialize<SecretBytes>))]
public sealed class SecretBytes(byte[] bytes) : IDisposable
{
    /// <summary>The bytes themselves; valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Reveal() => bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    public override string ToString() => Secret.Mask;
}
