using System.Globalization;
using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Gpus;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Pools.Matching;

/// <summary>Decides whether a node has what a run needs, for every queue, reason and refusal.</summary>
public static class NodeMatch
{
    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>Whether the node could run it once it has room.</summary>
    public static bool Could(NodeProvides node, RunNeeds needs) => !Lacks(node, needs).Any();

    /// <summary>Whether the node lacks the GPUs that the run needs but takes it on the CPU.</summary>
    public static bool StandsIn(NodeProvides node, RunNeeds needs) =>
        node is { Gpus: 0, Facts.CpuStandIn: true } && needs.Gpus > 0;

    /// <summary>
    /// Whether the node may have fewer CPUs or less memory than the run asks for; the run then gets its share.
    /// </summary>
    public static bool AreSizesRelaxed(NodeProvides node, RunNeeds needs) =>
        needs.AreSizesRelaxed || (needs.AreSizesNamed && StandsIn(node, needs));

    /// <summary>What the node lacks; empty when it could run it.</summary>
    public static IEnumerable<Lack> Lacks(NodeProvides node, RunNeeds needs)
    {
        if (!StandsIn(node, needs))
        {
            if (node.Gpus < needs.Gpus)
            {
                yield return new Lack("gpus", Words.Gpus(needs.Gpus, needs.GpuType), Words.Gpus(node.Gpus));
            }
            else if (needs is { Gpus: > 0, GpuType: { } type } && !IsOfType(node.Facts, type))
            {
                yield return new Lack("gpu_type", Words.Gpus(needs.Gpus, type), Words.Models(node.Facts));
            }
        }
        foreach (var lack in AreSizesRelaxed(node, needs) ? [] : Sizes(node.Facts, needs))
        {
            yield return lack;
        }
        if (needs.DiskBytes > (node.Facts?.DiskBytes ?? 0))
        {
            var has = node.Facts?.DiskBytes is { } bytes ? Words.Memory(bytes) : Words.DiskUntold;
            yield return new Lack("disk", Words.Disk(needs.DiskBytes), has);
        }
        if (needs.Image is not null && node.Facts?.Containers is null)
        {
            var has = node.Facts is { ContainersPending: true }
                ? Words.ContainersUntold
                : "nothing that runs containers";
            yield return new Lack("image", "a container", has);
        }
        // Public networks do not contain the addresses of a pool's nodes.
        if (needs.MeetsPeers && node.Facts?.Network is ("none" or "public"))
        {
            yield return new Lack("nodes", "a network between its nodes", $"the network '{node.Facts!.Network}'");
        }
        foreach (var label in needs.Requires ?? NoLabels)
        {
            if (LabelLack(node.Facts, label.Key, label.Value) is { } lack)
            {
                yield return lack;
            }
        }
        if (needs.Framework is { } framework && FrameworkLack(node.Facts, framework) is { } missing)
        {
            yield return missing;
        }
    }

    // A run may get any of a node's GPUs, so all must match.
    private static bool IsOfType(NodeCapabilities? facts, string type) =>
        facts is { Gpus.Count: > 0 } && facts.Gpus.All(gpu => GpuTypes.IsModel(type, gpu.Model));

    private static IEnumerable<Lack> Sizes(NodeCapabilities? facts, RunNeeds needs)
    {
        if (needs.Cpus > (facts?.Cpus ?? 0))
        {
            yield return new Lack(
                "cpus",
                Words.Cpus(needs.Cpus),
                facts is null ? Words.Untold : Words.Number(facts.Cpus)
            );
        }
        if (needs.MemoryBytes > (facts?.MemoryBytes ?? 0))
        {
            var has = facts is null ? Words.Untold : Words.Memory(facts.MemoryBytes);
            yield return new Lack("memory", $"{Words.Memory(needs.MemoryBytes)} of memory", has);
        }
    }

    private static Lack? LabelLack(NodeCapabilities? facts, string name, string value)
    {
        var has = facts?.Labels?.GetValueOrDefault(name);
        return has == value
            ? null
            : new Lack("requires", $"the label {name}={value}", has is null ? $"no label {name}" : $"{name}={has}");
    }

    private static Lack? FrameworkLack(NodeCapabilities? facts, FrameworkNeed need)
    {
        if (need.Image is not null && facts?.Containers is not null)
        {
            return null;
        }
        var pythons = facts?.Pythons ?? [];
        if (need is { Packages: { } packages } && pythons.Any(python => Has(python, need, packages)))
        {
            return null;
        }
        return new Lack("framework", Words.Framework(need), Words.Found(facts, need));
    }

    private static bool Has(PythonFacts python, FrameworkNeed need, IReadOnlyList<string> packages) =>
        need.IsPython(python.Version)
        && (
            packages.Count == 0
            || packages.Any(name => python.Packages.TryGetValue(name, out var version) && need.IsVersion(version))
        );
}
