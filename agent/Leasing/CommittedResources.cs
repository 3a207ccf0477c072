using System.Collections.Concurrent;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Leasing;

/// <summary>The CPUs and the memory that are promised to the runs of this node.</summary>
internal sealed class CommittedResources
{
    private readonly ConcurrentDictionary<HeldLease, (double Cpus, long MemoryBytes)> _made = new();

    /// <summary>A run that asked for more than the node has is counted with at most the share of its slots.</summary>
    public void Make(HeldLease lease, NodeTask task, NodeCapabilities facts, int slots)
    {
        var share = task.StandsIn ? (double)task.Slots / Math.Max(1, slots) : 1;
        var cpus = task.StandsIn ? Math.Min(task.Cpus ?? 0, facts.Cpus * share) : task.Cpus ?? 0;
        var memory = task.StandsIn
            ? Math.Min(task.MemoryBytes ?? 0, (long)(facts.MemoryBytes * share))
            : task.MemoryBytes ?? 0;
        _made[lease] = (cpus, memory);
    }

    public void End(HeldLease lease) => _made.TryRemove(lease, out _);

    public double FreeCpus(NodeCapabilities facts) =>
        Math.Max(0, facts.Cpus - _made.Values.Sum(promise => promise.Cpus));

    public long FreeMemoryBytes(NodeCapabilities facts) =>
        Math.Max(0, facts.MemoryBytes - _made.Values.Sum(promise => promise.MemoryBytes));
}
