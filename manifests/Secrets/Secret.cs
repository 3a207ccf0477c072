using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Secrets;

/// <summary>One secret text that cannot be printed or serialized by accident.</summary>
[DebuggerDisplay(Mask)]
[JsonConverter(typeof(RefuseToSerialize<Secret>))]
public sealed class Secret
{
    public const string Mask = "***";

    private readonly string _value;

    public Secret(string value) => _value = value;

    /// <summary>The secret itself. Call it where it is used, and keep it in no field.</summary>
    public string Reveal() => _value;

    public override string ToString() => Mask;
}

/// <summary>Turns an accidental serialization into an error instead of a leak.</summary>
internal sealed class RefuseToSerialize<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw Refusal();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw Refusal();

    private static NotSupportedException Refusal() => new($"{typeof(T).Name} holds secrets and is never serialized.");
}
