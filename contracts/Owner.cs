using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Contracts;

/// <summary>
/// The owner of runs and keys: 1 to 64 of <c>a-z 0-9 . _ -</c>, first a letter or digit. Also a folder name under
/// <c>drop/</c>.
/// </summary>
[JsonConverter(typeof(OwnerJsonConverter))]
public readonly record struct Owner
{
    private const int MaxLength = 64;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string? _value;

    private Owner(string value) => _value = value;

    /// <summary>Parses a name; throws <see cref="FormatException"/> for anything else.</summary>
    public static Owner Parse(string text) =>
        TryParse(text, out var owner) ? owner : throw new FormatException("Not an owner's name.");

    /// <summary>Parses a name as clients send it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Owner owner)
    {
        owner = default;
        if (text is null || !IsOwner(text))
        {
            return false;
        }
        owner = new Owner(text);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset owner was used.");

    private static bool IsOwner(string text) =>
        text.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(text[0])
        && !text.AsSpan().ContainsAnyExcept(Allowed);
}

internal sealed class OwnerJsonConverter : JsonConverter<Owner>
{
    public override Owner Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Owner.TryParse(reader.GetString(), out var owner) ? owner : throw new JsonException("Not an owner's name.");

    public override void Write(Utf8JsonWriter writer, Owner value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
