using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Core.Search;

/// <summary>A value of a hyperparameter, a number or a text; written to JSON as such.</summary>
[JsonConverter(typeof(ParameterValueJsonConverter))]
public readonly record struct ParameterValue
{
    private ParameterValue(double number, string? text)
    {
        Number = number;
        Text = text;
    }

    /// <summary>The number; 0 for a text.</summary>
    public double Number { get; }

    /// <summary>The text; null for a number.</summary>
    public string? Text { get; }

    public static ParameterValue Of(double number) => new(number, null);

    public static ParameterValue Of(string text) => new(0, text);

    /// <inheritdoc />
    public override string ToString() => Text ?? Number.ToString("R", CultureInfo.InvariantCulture);
}

internal sealed class ParameterValueJsonConverter : JsonConverter<ParameterValue>
{
    // Above this, a double cannot represent every whole number.
    private const double LargestWhole = 9_007_199_254_740_992;

    public override ParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String
            ? ParameterValue.Of(reader.GetString()!)
            : ParameterValue.Of(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, ParameterValue value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else if (double.IsInteger(value.Number) && Math.Abs(value.Number) <= LargestWhole)
        {
            writer.WriteNumberValue((long)value.Number);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
