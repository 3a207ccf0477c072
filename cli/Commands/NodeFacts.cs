using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Commands;

/// <summary>The state of a node, for operators.</summary>
internal sealed class NodeFacts(Terminal terminal)
{
    private const string NoSandbox = "none";
    private readonly FactList _facts = new(terminal);

    public void Print(NodeResource node)
    {
        _facts.Add("Name", node.Name);
        _facts.Add("Pool", node.Pool);
        _facts.Add("State", StateLine(node), ColourOf(node));
        _facts.Add("Seen_at", Words.Time(node.SeenAt));
        _facts.Add("GPUs", ProvidedWords.Gpus(node));
        _facts.Add("Slots", string.Create(CultureInfo.InvariantCulture, $"{node.FreeSlots} of {node.Slots} free"));
        _facts.Add("Sandbox", node.Sandbox ?? "unknown", IsOpen(node) ? Colour.Yellow : Colour.Plain);
        if (node.Provides is { } provides)
        {
            PrintProvided(provides);
        }
        _facts.Add("Failures", node.Failures > 0 ? $"{Words.Count(node.Failures, "run", "runs")} in a row" : null);
        _facts.Add("Reason", node.Reason);
    }

    private void PrintProvided(Contracts.Agents.NodeCapabilities provides)
    {
        _facts.Add("Labels", LabelsOf(provides));
        _facts.Add("CPUs", provides.Cpus.ToString("0.##", CultureInfo.InvariantCulture));
        _facts.Add("Memory", Words.Size(provides.MemoryBytes));
        _facts.Add("Disk", provides.DiskBytes is { } disk ? $"{Words.Size(disk)} for runs" : null);
        _facts.Add("Free_disk", provides.FreeDiskBytes is { } free ? Words.Size(free) : null);
        _facts.Add("GPU_driver", provides.GpuDriver);
        _facts.Add("Network", provides.Network);
        _facts.Add("Containers", Containers(provides));
        _facts.Add("Not_limited", provides.Unlimited is { } kinds ? string.Join(", ", kinds) : null, Colour.Yellow);
        foreach (var python in provides.Pythons ?? [])
        {
            _facts.Add("Python", ProvidedWords.Python(python));
        }
        _facts.Add("CPU_stand_in", provides.CpuStandIn ? "takes runs that need GPUs, on its CPU" : null);
    }

    private static string? LabelsOf(Contracts.Agents.NodeCapabilities provides) =>
        provides.Labels is { Count: > 0 } labels
            ? string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"))
            : null;

    private static string Containers(Contracts.Agents.NodeCapabilities provides) =>
        provides.Containers is { } engine ? $"{engine.Engine} {engine.Version}"
        : provides.ContainersPending ? "not tried yet"
        : "none";

    /// <summary>Whether the node's commands run with the rights of its agent.</summary>
    public static bool IsOpen(NodeResource node) => node.Sandbox is NoSandbox;

    public static string WarningOf(NodeResource node) =>
        $"warning: commands on '{node.Name}' run without a sandbox, with all rights of its agent.";

    public static Colour ColourOf(NodeResource node) =>
        node.State switch
        {
            "ready" => Colour.Green,
            "set_aside" or "out_of_order" or "draining" or "drained" => Colour.Yellow,
            "silent" => Colour.Red,
            _ => Colour.Plain,
        };

    private static string StateLine(NodeResource node) =>
        node.SetAsideUntil is { } until ? $"{node.State} until {Words.Time(until)}" : node.State;
}
