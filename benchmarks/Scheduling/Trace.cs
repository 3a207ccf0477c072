using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>What a run asks for. Runs that ask for the same share one instance.</summary>
/// <param name="Needs">On each node.</param>
/// <param name="Nodes">How many nodes it needs at once.</param>
internal sealed class Ask(RunNeeds needs, int nodes)
{
    // As many slices of the kind 1g.10gb make a whole GPU.
    public const int SlicesPerGpu = 7;

    public RunNeeds Needs => needs;

    public int Nodes => nodes;

    /// <summary>GPUs on all its nodes, a slice as a part of one.</summary>
    public double Gpus { get; } =
        (double)needs.Gpus
        * nodes
        / (needs.GpuType?.Contains("mig", StringComparison.Ordinal) == true ? SlicesPerGpu : 1);

    /// <summary>The column that it is counted in: its GPUs, slices as one GPU.</summary>
    public int Size => needs.Gpus * nodes;
}

/// <summary>A run of the trace.</summary>
/// <param name="Index">Its place in the order of arrival.</param>
/// <param name="Owner">Whose.</param>
/// <param name="Ask">What it asks for.</param>
/// <param name="Arrival">In seconds; 0 for what waits from the beginning.</param>
/// <param name="Limit">In seconds, its max_duration; 0 without.</param>
/// <param name="Length">In seconds, how long it really runs.</param>
internal sealed record TraceRun(int Index, int Owner, Ask Ask, long Arrival, int Limit, int Length)
{
    public double GpuSeconds => Ask.Gpus * Length;
}

/// <summary>Nodes of one kind.</summary>
/// <param name="Model">As the driver names it; null for none.</param>
internal sealed class NodeKind(string? model, int gpus, int slots, double cpus, string? label = null)
{
    public string Name => model ?? "no GPU";

    public int Gpus => gpus;

    public int Slots => slots;

    /// <summary>A slice is a part of a GPU.</summary>
    public double GpusPerSlot { get; } =
        gpus == 0 ? 0
        : model!.Contains("MIG", StringComparison.Ordinal) ? 1.0 / Ask.SlicesPerGpu
        : 1;

    public NodeCapabilities Facts { get; } =
        new()
        {
            Cpus = cpus,
            MemoryBytes = (long)cpus * 5_000_000_000,
            Gpus = model is null ? [] : [new GpuFacts(model, gpus)],
            Pythons = [],
            Labels = label is null ? null : new Dictionary<string, string> { ["network"] = label },
        };
}

/// <summary>Nodes and runs, in the order of arrival.</summary>
internal sealed record Trace(string Name, IReadOnlyList<NodeKind> Nodes, IReadOnlyList<TraceRun> Runs, int Owners)
{
    public double Gpus { get; } = Nodes.Sum(node => node.Gpus * node.GpusPerSlot);

    /// <summary>Seconds that all would take on GPUs that never idle.</summary>
    public double Ideal => Runs.Sum(run => run.GpuSeconds) / Gpus;

    /// <summary>
    /// Seconds for which every node has work that it could do, whatever a policy does first: even if all GPUs did nothing but the
    /// work that is waiting for the kind of nodes with the least, some of it would be left. So up to then a GPU idles because of the policy only.
    /// </summary>
    public double Busy
    {
        get
        {
            var kinds = Nodes.Distinct().Where(kind => kind.Gpus > 0);
            var work = Runs.Where(run => run.Arrival == 0 && run.Ask.Needs.Gpus > 0)
                .GroupBy(run => run.Ask)
                .ToDictionary(runs => runs.Key, runs => runs.Sum(run => run.GpuSeconds));
            return kinds.Min(kind =>
                    work.Where(each => NodeMatch.Could(new NodeProvides(kind.Gpus, kind.Facts), each.Key.Needs))
                        .Sum(each => each.Value)
                ) / Gpus;
        }
    }

    /// <summary>How many wait from the beginning.</summary>
    public int Backlog => Runs.Count(run => run.Arrival == 0);
}
