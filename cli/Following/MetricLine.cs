using System.Globalization;
using System.Text;
using System.Text.Json;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Following;

/// <summary>
/// One metrics record for people: <c>2017-10-26T11:16:51Z   test   iteration=100   accuracy=0.93</c>. A record that is not
/// of the documented form, or holds more than such a line can tell, is printed as the program wrote it.
/// </summary>
internal static class MetricLine
{
    private const string Gap = "   ";
    private static readonly string[] Known = ["meta", "grouplabel", "etimes", "values"];

    public static string Of(string record) => TerminalText.OneLine(Documented(record) ?? record);

    private static string? Documented(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            return IsDocumented(json.RootElement) ? Line(json.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The text is not JSON, or has half a surrogate pair in it.
            return null;
        }
    }

    private static bool IsDocumented(JsonElement record) =>
        record.ValueKind is JsonValueKind.Object
        && record.TryGetProperty("values", out _)
        && record.EnumerateObject().All(p => Known.Contains(p.Name))
        && Has(record, "meta", JsonValueKind.Object)
        && Has(record, "grouplabel", JsonValueKind.String)
        && Has(record, "etimes", JsonValueKind.Object)
        && Has(record, "values", JsonValueKind.Object)
        && (TimeElement(record) is not { } time || TimeOf(time) is not null);

    private static bool Has(JsonElement record, string name, JsonValueKind kind) =>
        !record.TryGetProperty(name, out var value) || value.ValueKind == kind;

    private static JsonElement? TimeElement(JsonElement record) =>
        record.TryGetProperty("meta", out var meta) && meta.TryGetProperty("time", out var time) ? time : null;

    // Milliseconds; the clients of the time wrote them as texts too.
    private static DateTimeOffset? TimeOf(JsonElement time)
    {
        var text = time.ValueKind is JsonValueKind.String ? time.GetString() : time.GetRawText();
        return
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
    }

    private static string Line(JsonElement record)
    {
        var line = new StringBuilder();
        if (TimeElement(record) is { } time)
        {
            line.Append(Words.Time(TimeOf(time))).Append(Gap);
        }
        if (record.TryGetProperty("grouplabel", out var group))
        {
            line.Append(group.GetString()).Append(Gap);
        }
        Append(line, record, "etimes");
        Append(line, record, "values");
        return line.ToString().TrimEnd();
    }

    private static void Append(StringBuilder line, JsonElement record, string name)
    {
        if (!record.TryGetProperty(name, out var values))
        {
            return;
        }
        foreach (var value in values.EnumerateObject())
        {
            line.Append(value.Name).Append('=').Append(ValueOf(value.Value)).Append(Gap);
        }
    }

    private static JsonElement ValueOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty("value", out var inner) ? inner : value;
}
