using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Top;

/// <summary>A snapshot as rows.</summary>
internal static class TopTables
{
    /// <summary>The space after a column, beside the one that the table's border takes.</summary>
    public const int Gap = 1;

    private const string NodeOfRun = "node";
    private const int Narrow = 100;

    private const int Border = 1;

    // A shorter piece of a name tells nothing.
    private const int Least = 6;

    public static Column[] RunColumns { get; } =
    [
        new("Name", CanShrink: true),
        new("guid"),
        new("phase"),
        new("progress", CanShrink: true),
        new("age"),
        new("cpu"),
        new("memory"),
        new("gpu"),
        new("gpu-memory"),
        new(NodeOfRun, CanShrink: true),
    ];

    public static Column[] NodeColumns { get; } =
    [new("Node", CanShrink: true), new("state"), new("gpus"), new("used"), new("reason", CanShrink: true)];

    /// <summary>
    /// The table as it fits the terminal, each row on one line: without empty columns of GPUs, on a narrow terminal without
    /// the node, and with the columns cut that may be.
    /// </summary>
    public static (Column[] Columns, List<Cell[]> Rows) Fitting(Column[] columns, IEnumerable<Cell[]> rows, int? width)
    {
        var all = rows.ToList();
        var kept = Enumerable
            .Range(0, columns.Length)
            .Where(i =>
                !IsUnused(columns[i], all.Select(row => row[i])) && !(width < Narrow && columns[i].Heading == NodeOfRun)
            )
            .ToList();
        var room = kept.ToDictionary(
            i => i,
            i => all.Select(row => row[i].Text).Append(columns[i].Heading).Max(TerminalText.WidthOf)
        );
        var excess = room.Values.Sum() + (kept.Count * (Gap + Border)) + Border - (width ?? int.MaxValue);
        while (excess > 0 && kept.Where(i => columns[i].CanShrink && room[i] > Least).ToList() is { Count: > 0 } wide)
        {
            room[wide.MaxBy(i => room[i])]--;
            excess--;
        }
        return (
            [.. kept.Select(i => columns[i])],
            [
                .. all.Select(row =>
                    kept.Select(i => new Cell(TerminalText.Fit(row[i].Text, room[i]), row[i].Colour)).ToArray()
                ),
            ]
        );
    }

    private static bool IsUnused(Column column, IEnumerable<Cell> cells) =>
        column.Heading.StartsWith("gpu", StringComparison.Ordinal) && cells.All(cell => cell.Text.Length == 0);

    public static Cell[] RowOf(TopRun shown)
    {
        var (run, use) = shown;
        var status = run.Entity.Status;
        return
        [
            run.Entity.ModelDefinition.Name,
            run.Metadata.Guid,
            new Cell(status.Phase, Words.ColourOf(status.Phase)),
            status.Progress is { } progress ? Words.Progress(progress) : ReasonLine.Of(status) ?? "",
            Words.Duration(Math.Max(0, (status.CurrentAt - status.SubmittedAt).TotalSeconds)),
            use.Cpu,
            use.Memory,
            use.Gpu,
            use.GpuMemory,
            status.Node ?? "",
        ];
    }

    public static Cell[] RowOf(NodeResource node) =>
        [
            node.Name,
            new Cell(node.State, node.State == "ready" ? Colour.Green : Colour.Yellow),
            node.Gpus.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{node.Slots - node.FreeSlots} of {node.Slots} slots"),
            node.Reason ?? "",
        ];

    public static string Summary(TopSnapshot snapshot)
    {
        var running = snapshot.Runs.Count(shown => shown.Run.Entity.Status.State is Contracts.Runs.RunState.Running);
        var more = snapshot.HasMore ? "; the first 200 are shown" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{running} running, {snapshot.Runs.Count - running} waiting{more}"
        );
    }
}
