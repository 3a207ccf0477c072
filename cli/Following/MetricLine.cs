using System.Text;
using System.Text.Json;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Following;

/// <summary>One metrics record for people: <c>2017-10-26T11:16:51Z   test   iteration=100   accuracy=0.93</c>.</summary>
internal static class MetricLine
{
    private const string Gap = "   ";

    public static string Of(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            return json.RootElement.ValueKind is JsonValueKind.Object ? Of(json.RootElement) : record;
        }
        catch (JsonException)
        {
            // The program wrote it; it is printed as it is.
            return TextWidth.OneLine(record);
        }
    }

    private static string Of(JsonElement record)
    {
        var line = new StringBuilder();
        if (
            Object(record, "meta") is { } meta
            && meta.TryGetProperty("time", out var time)
            && time.TryGetInt64(out var ms)
        )
            line.Append(Words.Time(DateTimeOffset.FromUnixTimeMilliseconds(ms))).Append(Gap);
        if (record.TryGetProperty("grouplabel", out var group))
            line.Append(group).Append(Gap);
        Append(line, Object(record, "etimes"));
        Append(line, Object(record, "values"));
        return TextWidth.OneLine(line.ToString().TrimEnd());
    }

    private static void Append(StringBuilder line, JsonElement? values)
    {
        if (values is not { } known)
            return;
        foreach (var value in known.EnumerateObject())
            line.Append(value.Name).Append('=').Append(ValueOf(value.Value)).Append(Gap);
    }

    private static JsonElement ValueOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty("value", out var inner) ? inner : value;

    private static JsonElement? Object(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;
}
