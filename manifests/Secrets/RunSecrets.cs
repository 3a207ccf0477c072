using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Secrets;

/// <summary>Every secret of one run: kept in the secret store for the life of the run and nowhere else.</summary>
[DebuggerDisplay("RunSecrets(***)")]
[JsonConverter(typeof(RefuseToSerialize<RunSecrets>))]
public sealed class RunSecrets
{
    public static RunSecrets None { get; } = new() { Data = StoreCredentials.None, Results = StoreCredentials.None };

    public required StoreCredentials Data { get; init; }

    public required StoreCredentials Results { get; init; }

    /// <summary>Opens the registry of the image: a user name and a password, or nothing.</summary>
    public StoreCredentials Registry { get; init; } = StoreCredentials.None;

    /// <summary>Signs the webhook's calls, when the manifest gives one.</summary>
    public Secret? NotifySecret { get; init; }

    /// <summary>The bytes for the secret store, which encrypts them.</summary>
    public SecretBytes ToProtectedPayload()
    {
        var payload = new Payload(Data.Plain(), Results.Plain(), NotifySecret?.Reveal())
        {
            Registry = Registry.Plain(),
        };
        return new SecretBytes(JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.Payload));
    }

    /// <summary>Reads back what <see cref="ToProtectedPayload"/> gave.</summary>
    /// <exception cref="JsonException">The bytes are something else.</exception>
    public static RunSecrets FromPayload(ReadOnlySpan<byte> payload)
    {
        var read =
            JsonSerializer.Deserialize(payload, PayloadJson.Default.Payload)
            ?? throw new JsonException("The payload holds no run secrets.");
        return new RunSecrets
        {
            Data = StoreCredentials.OfPlain(read.Data),
            Results = StoreCredentials.OfPlain(read.Results),
            Registry = StoreCredentials.OfPlain(read.Registry ?? []),
            NotifySecret = read.Notify is null ? null : new Secret(read.Notify),
        };
    }

    public override string ToString() => $"{nameof(RunSecrets)}({Secret.Mask})";

    internal sealed record Payload(Dictionary<int, string> Data, Dictionary<int, string> Results, string? Notify)
    {
        // Missing in payloads from the time before runs had images.
        public Dictionary<int, string>? Registry { get; init; }
    }
}

[JsonSerializable(typeof(RunSecrets.Payload))]
internal sealed partial class PayloadJson : JsonSerializerContext;
