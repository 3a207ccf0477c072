using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary><c>monitor --output json</c>: one JSON object a line, one line an event.</summary>
internal sealed class JsonMonitorScreen(Terminal terminal) : IMonitorScreen
{
    public void Start(RunId id) { }

    public void Print(RunEvent item) => terminal.Json(JsonScreen.Write(json => Write(json, item), indented: false));

    public void Finish(RunResource run) { }

    private static void Write(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteStartObject();
        json.WriteString("event", item.Kind);
        if (item.Learner is { } learner)
        {
            json.WriteNumber("learner", learner);
        }
        if (item.Offset is { } offset)
        {
            json.WriteNumber("offset", offset);
        }
        json.WritePropertyName(NameOf(item.Kind));
        if (item.Kind is RunEvent.Log || !IsJsonOfOneLine(item.Data))
        {
            json.WriteStringValue(item.Data);
        }
        else
        {
            json.WriteRawValue(item.Data, skipInputValidation: true);
        }
        json.WriteEndObject();
    }

    private static string NameOf(string kind) =>
        kind switch
        {
            RunEvent.Log => "text",
            RunEvent.Metric => "metric",
            RunEvent.Status or RunEvent.End => "status",
            RunEvent.Progress => "progress",
            _ => "data",
        };

    // A program may write anything as a record.
    private static bool IsJsonOfOneLine(string data)
    {
        try
        {
            using var json = JsonDocument.Parse(data);
            return !data.Contains('\n') && !data.Contains('\r');
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
