using System.Globalization;
using System.Text.Json;

namespace Trainyard.Core.Metrics;

/// <summary>A value with its type: STRING, JSONSTRING, INT or FLOAT.</summary>
public sealed record MetricValue(string Type, string Text)
{
    private const string StringType = "STRING";

    // Programs write a type by its name or by its index in this list.
    private static readonly string[] Types = [StringType, "JSONSTRING", "INT", "FLOAT"];

    /// <summary>The number; null for text, and for values without a JSON number.</summary>
    public double? Number =>
        double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    internal static MetricValue Of(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            return new MetricValue(NaturalType(element), TextOf(element));
        }
        var text = element.TryGetProperty("value", out var value) ? TextOf(value) : "";
        return new MetricValue(element.TryGetProperty("type", out var type) ? TypeOf(type) : StringType, text);
    }

    private static string TypeOf(JsonElement type) =>
        type.ValueKind is JsonValueKind.Number
            ? type.TryGetInt32(out var number)
                ? Types.ElementAtOrDefault(number) ?? StringType
                : StringType
            : Types.FirstOrDefault(known => type.ValueEquals(known)) ?? StringType;

    private static string NaturalType(JsonElement element) =>
        element.ValueKind is not JsonValueKind.Number ? StringType
        : element.TryGetInt64(out _) ? "INT"
        : "FLOAT";

    private static string TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
