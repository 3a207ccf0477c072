using System.Globalization;
using System.Text.Json;

namespace Trainyard.Cli.Following;

/// <summary>The numbers of a metrics record, each with the group it is of and the step it was measured at.</summary>
internal static class MetricPoints
{
    private static readonly string[] Steps = ["iteration", "step", "global_step", "epoch"];

    /// <summary>Returns no points when the text is not a valid record.</summary>
    public static IReadOnlyList<(string Series, double? Step, double Value)> Of(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The text is not JSON, or has half a surrogate pair in it.
            return [];
        }
    }

    private static List<(string, double?, double)> Read(JsonElement record)
    {
        if (
            record.ValueKind is not JsonValueKind.Object
            || !record.TryGetProperty("values", out var values)
            || values.ValueKind is not JsonValueKind.Object
        )
        {
            return [];
        }
        var group =
            record.TryGetProperty("grouplabel", out var label) && label.ValueKind is JsonValueKind.String
                ? $"{label.GetString()} "
                : "";
        var step = StepOf(record);
        return
        [
            .. values
                .EnumerateObject()
                .Select(value => (value.Name, Number: NumberOf(value.Value)))
                .Where(value => value.Number is { } number && double.IsFinite(number))
                .Select(value => (group + value.Name, step, value.Number!.Value)),
        ];
    }

    private static double? StepOf(JsonElement record) =>
        record.TryGetProperty("etimes", out var times) && times.ValueKind is JsonValueKind.Object
            ? Steps
                .Select(name => times.TryGetProperty(name, out var step) ? NumberOf(step) : null)
                .FirstOrDefault(step => step is { } number && double.IsFinite(number))
            : null;

    // A plain number, or FfDL's wrapper of one: {"type": "FLOAT", "value": "0.5"}.
    private static double? NumberOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.TryGetProperty("value", out var inner)
            && inner.ValueKind is not JsonValueKind.Object
                ? NumberOf(inner)
                : null,
            JsonValueKind.Number => value.TryGetDouble(out var number) ? number : null,
            JsonValueKind.String => double.TryParse(
                value.GetString(),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : null,
            _ => null,
        };
}
