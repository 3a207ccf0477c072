using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Top;

/// <summary>A snapshot as rows.</summary>
internal static class TopTables
{
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
        new("node", CanShrink: true),
    ];

    public static Column[] NodeColumns { get; } =
    [new("Node", CanShrink: true), new("state"), new("gpus"), new("used"), new("reason", CanShrink: true)];

    /// <summary>The table without its empty columns of GPUs: on a terminal they would take the room of others.</summary>
    public static (Column[] Columns, List<Cell[]> Rows) WithoutUnusedGpus(Column[] columns, IEnumerable<Cell[]> rows)
    {
        var all = rows.ToList();
        var kept = Enumerable
            .Range(0, columns.Length)
            .Where(i =>
                !columns[i].Heading.StartsWith("gpu", StringComparison.Ordinal) || all.Any(r => r[i].Text.Length > 0)
            )
            .ToList();
        return ([.. kept.Select(i => columns[i])], [.. all.Select(row => kept.Select(i => row[i]).ToArray())]);
    }

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
