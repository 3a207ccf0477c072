using System.CommandLine;
using System.Text.Json;
using Trainyard.Cli.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Top;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml top</c></summary>
internal static class TopCommand
{
    public static Command Create(Binding binding)
    {
        var command = new Command(
            "top",
            "Show your runs that are under way, what they use, and the nodes, live; once where output is no terminal."
        );
        binding.Bind(command, (session, _, token) => RunAsync(session, token));
        return command;
    }

    private static async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        var reader = new TopReader(session.Service);
        if (session.IsJson)
        {
            var snapshot = await reader.ReadAsync(cancellationToken);
            session.PrintJson(json => Write(json, snapshot));
        }
        else if (session.Terminal.Width is null)
        {
            Print(session.Terminal, await reader.ReadAsync(cancellationToken));
        }
        else
        {
            await new TopScreen(session.Terminal, reader).RunAsync(cancellationToken);
        }
    }

    private static void Print(Terminal terminal, TopSnapshot snapshot)
    {
        terminal.Line(TopTables.Summary(snapshot));
        Print(terminal, TopTables.RunColumns, snapshot.Runs.Select(TopTables.RowOf));
        if (snapshot.Nodes is { } nodes)
        {
            terminal.Line();
            Print(terminal, TopTables.NodeColumns, nodes.Select(TopTables.RowOf));
        }
    }

    private static void Print(Terminal terminal, Column[] columns, IEnumerable<Cell[]> rows)
    {
        var table = new ColumnTable(columns);
        foreach (var row in rows)
        {
            table.Add(row);
        }
        table.Print(terminal);
    }

    private static void Write(Utf8JsonWriter json, TopSnapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (var (run, use) in snapshot.Runs)
        {
            json.WriteStartObject();
            json.WritePropertyName("run");
            JsonSerializer.Serialize(json, run, CliJson.Wire.RunResource);
            Write(json, "cpu_percent", use.CpuPercent);
            Write(json, "memory_bytes", use.MemoryBytes);
            Write(json, "gpu_percent", use.GpuPercent);
            Write(json, "gpu_memory_bytes", use.GpuMemoryBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (snapshot.Nodes is { } nodes)
        {
            json.WriteStartArray("nodes");
            foreach (var node in nodes)
            {
                JsonSerializer.Serialize(json, node, CliJson.Wire.NodeResource);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
