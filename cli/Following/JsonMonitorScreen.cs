using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary><c>monitor --output json</c>: one JSON object a line, one line an event.</summary>
internal sealed class JsonMonitorScreen(Terminal terminal) : IMonitorScreen
{
    public void Start(RunId id) { }

    public void Print(RunEvent item) => terminal.Line(JsonScreen.Write(json => Write(json, item), indented: false));

    public void Finish(RunResource run) { }

    private static void Write(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteStartObject();
        json.WriteString("event", item.Kind);
        if (item.Offset is { } offset)
            json.WriteNumber("offset", offset);
        if (item.Kind is RunEvent.Log)
        {
            json.WriteString("text", item.Data);
        }
        else
        {
            using var data = JsonDocument.Parse(item.Data);
            json.WritePropertyName(item.Kind is RunEvent.Metric ? "metric" : "status");
            data.RootElement.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
