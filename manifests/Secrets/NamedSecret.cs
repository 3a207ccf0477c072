using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Secrets;

/// <summary>Credentials that an owner keeps with the service, to be named in manifests.</summary>
[DebuggerDisplay("NamedSecret(***)")]
[JsonConverter(typeof(RefuseToSerialize<NamedSecret>))]
public sealed class NamedSecret
{
    public required StoreCredentials Credentials { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The bytes for the secret store, which encrypts them.</summary>
    public SecretBytes ToProtectedPayload() =>
        new(
            JsonSerializer.SerializeToUtf8Bytes(
                new Payload(Credentials.Plain(), UpdatedAt),
                NamedSecretJson.Default.Payload
            )
        );

    /// <summary>Reads back what <see cref="ToProtectedPayload"/> gave.</summary>
    /// <exception cref="JsonException">The bytes are something else.</exception>
    public static NamedSecret FromPayload(ReadOnlySpan<byte> payload)
    {
        var read =
            JsonSerializer.Deserialize(payload, NamedSecretJson.Default.Payload)
            ?? throw new JsonException("The payload holds no secret.");
        return new NamedSecret { Credentials = StoreCredentials.OfPlain(read.Fields), UpdatedAt = read.UpdatedAt };
    }

    public override string ToString() => $"{nameof(NamedSecret)}({Secret.Mask})";

    internal sealed record Payload(Dictionary<int, string> Fields, DateTimeOffset UpdatedAt);
}

[JsonSerializable(typeof(NamedSecret.Payload))]
internal sealed partial class NamedSecretJson : JsonSerializerContext;
