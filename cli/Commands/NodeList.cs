using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list nodes</c></summary>
internal static class NodeList
{
    public static async Task PrintAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of nodes ...");
        var nodes = await session.Service.ListNodesAsync(cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(nodes.Json);
            return;
        }
        var table = new ColumnTable(
            new("SI No"),
            new("Name", CanShrink: true),
            new("pool"),
            new("state"),
            new("gpus"),
            new("free"),
            new("cpus"),
            new("memory"),
            new("disk"),
            new("provides", CanShrink: true),
            new("sandbox"),
            new("seen-at")
        );
        foreach (var node in nodes.Value.Resources)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                node.Name,
                node.Pool,
                new Cell(node.State, NodeFacts.ColourOf(node)),
                node.Gpus.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{node.FreeSlots}/{node.Slots}"),
                node.Provides?.Cpus.ToString("0.##", CultureInfo.InvariantCulture) ?? "unknown",
                node.Provides is { } provides ? Words.Size(provides.MemoryBytes) : "unknown",
                node.Provides?.DiskBytes is { } disk ? Words.Size(disk) : "unknown",
                ProvidedWords.Frameworks(node.Provides) ?? "unknown",
                new Cell(node.Sandbox ?? "unknown", NodeFacts.IsOpen(node) ? Colour.Yellow : Colour.Plain),
                Words.Time(node.SeenAt)
            );
        }
        table.Print(session.Terminal);
        session.Say("");
        session.Say($"{table.Count} records found.");
        session.SayOk("List all nodes successful");
        foreach (var node in nodes.Value.Resources.Where(NodeFacts.IsOpen))
        {
            session.Note(NodeFacts.WarningOf(node));
        }
    }
}
