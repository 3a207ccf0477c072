using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Runs;

/// <summary>
/// The id of a training run: <c>training-</c> and 9 url-safe random characters (54 bits). It is also the
/// orchestration instance id, the folder in the results bucket and the "model-id" of the command line.
/// </summary>
[JsonConverter(typeof(RunIdJsonConverter))]
public readonly record struct RunId
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private const int RandomLength = 9;
    private const string Prefix = "training-";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    private readonly string? _value;

    private RunId(string value) => _value = value;

    /// <summary>A new random id.</summary>
    public static RunId New() => FromBytes(RandomNumberGenerator.GetBytes(RandomLength));

    /// <summary>The same id for the same seed, so that a trigger that fires twice starts one run.</summary>
    public static RunId FromSeed(ReadOnlySpan<byte> seed) => FromBytes(SHA256.HashData(seed));

    /// <summary>Parses an id; throws <see cref="FormatException"/> for anything else.</summary>
    public static RunId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a training run id.");

    /// <summary>Parses an id as clients send it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        id = default;
        if (text is null || !IsId(text))
        {
            return false;
        }
        id = new RunId(text);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset run id was used.");

    private static bool IsId(string text) =>
        text.Length == Prefix.Length + RandomLength
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Allowed);

    private static RunId FromBytes(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Prefix.Length + RandomLength];
        Prefix.CopyTo(text);
        for (var i = 0; i < RandomLength; i++)
        {
            text[Prefix.Length + i] = Alphabet[bytes[i] & 63];
        }
        return new RunId(new string(text));
    }
}

internal sealed class RunIdJsonConverter : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Not a training run id.");

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
