using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Top;

/// <summary>A snapshot as rows.</summary>
internal static class TopTables
{
    public static string[] RunHeadings { get; } =
    ["Name", "guid", "phase", "progress", "age", "cpu", "memory", "gpu", "gpu-memory", "node"];

    public static string[] NodeHeadings { get; } = ["Node", "state", "gpus", "used", "reason"];

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
