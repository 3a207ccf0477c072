using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>What runs have in common that any node tells apart no further: needs, time and number of nodes.</summary>
internal sealed class NeedShape(ShapeKey key, int number, IReadOnlyList<string> avoided, long avoidUntil)
{
    private readonly Dictionary<NodeClass, NodeClassFit> _fits = [];
    private List<NodeClassFit> _able = [];
    private long _ableEpoch = -1;

    public ShapeKey Key => key;

    public int Nodes => key.Nodes;

    /// <summary>GPUs on all its nodes together.</summary>
    public int Gpus => key.Needs.Gpus * key.Nodes;

    /// <summary>A small number of its own, for sets of shapes.</summary>
    public int Number { get; } = number;

    /// <summary>All its groups, by owner.</summary>
    public Dictionary<OwnerAccount, RunGroup> Groups { get; } = [];

    /// <summary>The moment, in changes of the pool, when no node had room.</summary>
    public long BlockedAt { get; set; } = -1;

    /// <summary>One of its runs.</summary>
    public PendingRun Any
    {
        get
        {
            using var groups = Groups.Values.GetEnumerator();
            groups.MoveNext();
            return groups.Current.First!;
        }
    }

    public NodeClassFit FitOf(NodeClass nodes)
    {
        if (!_fits.TryGetValue(nodes, out var fit))
        {
            _fits[nodes] = fit = NodeClassFit.Of(nodes, key.Needs);
        }
        return fit;
    }

    /// <summary>The classes of nodes there now that could run it: those that stand in only where there are no others.</summary>
    public IReadOnlyList<NodeClassFit> AbleClasses(NodeClasses classes)
    {
        if (_ableEpoch != classes.Epoch)
        {
            var able = classes.There.Select(FitOf).Where(fit => fit.Could).ToList();
            var real = able.FindAll(fit => !fit.StandsIn);
            _able = real.Count > 0 ? real : able;
            _ableEpoch = classes.Epoch;
        }
        return _able;
    }

    /// <summary>Whether a node may have it; one that failed it may where there is no other.</summary>
    public bool MayHave(SchedulerNode node, NodeClasses classes, long now) =>
        avoided.Count == 0
        || now >= avoidUntil
        || !avoided.Contains(node.Name)
        || !AbleClasses(classes).Any(fit => fit.Class.Count(avoided) < fit.Class.Present);

    /// <summary>The end of a run that begins now, in ticks; <see cref="long.MaxValue"/> without limit.</summary>
    public long EndsAt(long now, TimeSpan overhead) =>
        key.MaxDuration is { } most ? now + most.Ticks + overhead.Ticks : long.MaxValue;
}

/// <summary>What is the same for all nodes of a class and all runs of a shape.</summary>
/// <param name="Class">The class.</param>
/// <param name="Could">Whether such a node could run it.</param>
/// <param name="StandsIn">Whether it would do so without the GPUs.</param>
/// <param name="Demand">What it takes.</param>
internal sealed record NodeClassFit(NodeClass Class, bool Could, bool StandsIn, Resources Demand)
{
    /// <summary>Whether room for it comes only by keeping free what others would take.</summary>
    public bool IsLarge =>
        Demand.Slots > 1
        || (Class.Slots > 0 && Demand.Cpus > Class.Cpus / Class.Slots)
        || (Class.Slots > 0 && Demand.MemoryBytes > Class.MemoryBytes / Class.Slots);

    public static NodeClassFit Of(NodeClass nodes, RunNeeds needs)
    {
        var provides = nodes.Provides;
        var isRelaxed = NodeMatch.AreSizesRelaxed(provides, needs);
        var demand = new Resources(
            provides.Gpus == 0 ? 1 : Math.Max(1, needs.Gpus),
            isRelaxed ? 0 : needs.Cpus,
            isRelaxed ? 0 : needs.MemoryBytes
        );
        var could = NodeMatch.Could(provides, needs) && demand.Slots <= nodes.Slots;
        return new NodeClassFit(nodes, could, NodeMatch.StandsIn(provides, needs), demand);
    }
}
