using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A class of runs that are equal for any node: same needs, time limit and number of nodes.</summary>
internal sealed class NeedShape(ShapeKey key, int number, IReadOnlyList<string> avoided, long avoidUntil)
{
    private readonly Dictionary<NodeClass, NodeClassFit> _fits = [];
    private List<NodeClassFit> _able = [];
    private long _ableEpoch = -1;

    public ShapeKey Key => key;

    public int Nodes => key.Nodes;

    /// <summary>The total number of GPUs on all its nodes.</summary>
    public int Gpus => key.Needs.Gpus * key.Nodes;

    /// <summary>A small unique number, for sets of shapes.</summary>
    public int Number { get; } = number;

    /// <summary>Its groups, by owner.</summary>
    public Dictionary<OwnerAccount, RunGroup> Groups { get; } = [];

    /// <summary>The shapes with the same needs and other time limits, itself included.</summary>
    public List<NeedShape> Family { get; set; } = [];

    /// <summary>The change number of the pool at which no node had room.</summary>
    public long BlockedAt { get; set; } = -1;

    /// <summary>Whether nothing has room for it while nothing has for the other.</summary>
    public bool IsNoEasierThan(NeedShape other) =>
        this == other
        || (
            key.Only is null
            && other.Key.Only is null
            && (key.MaxDuration is not { } most || (other.Key.MaxDuration is { } others && others <= most))
        );

    public NodeClassFit FitOf(NodeClass nodes)
    {
        if (!_fits.TryGetValue(nodes, out var fit))
        {
            _fits[nodes] = fit = NodeClassFit.Of(nodes, key.Needs);
        }
        return fit;
    }

    /// <summary>The classes of present nodes that could run it; CPU stand-ins only when there are no others.</summary>
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

    /// <summary>Whether a node may get it; a node that failed it may only when there are not enough others.</summary>
    public bool MayHave(SchedulerNode node, NodeClasses classes, long now) =>
        avoided.Count == 0
        || now >= avoidUntil
        || !avoided.Contains(node.Name)
        || AbleClasses(classes).Sum(fit => fit.Class.Present - fit.Class.Count(avoided)) < Nodes;

    /// <summary>The end in ticks of a run that begins now; <see cref="long.MaxValue"/> without a limit.</summary>
    public long EndsAt(long now, TimeSpan overhead) =>
        key.MaxDuration is { } most ? now + most.Ticks + overhead.Ticks : long.MaxValue;
}

/// <summary>How the runs of a shape fit the nodes of a class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Could">Whether such a node could run it.</param>
/// <param name="StandsIn">Whether it would run it on the CPU instead of GPUs.</param>
/// <param name="Demand">The resources that it takes.</param>
internal sealed record NodeClassFit(NodeClass Class, bool Could, bool StandsIn, Resources Demand)
{
    /// <summary>Whether it is so large that it only gets room when a node is kept free for it.</summary>
    public bool IsLarge =>
        Demand.Slots > 1
        || (Class.Slots > 0 && Demand.Cpus > Class.Cpus / Class.Slots)
        || (Class.Slots > 0 && Demand.MemoryBytes > Class.MemoryBytes / Class.Slots)
        || (Class.Slots > 0 && Demand.DiskBytes > Class.DiskBytes / Class.Slots);

    public static NodeClassFit Of(NodeClass nodes, RunNeeds needs)
    {
        var provides = nodes.Provides;
        var isRelaxed = NodeMatch.AreSizesRelaxed(provides, needs);
        var demand = new Resources(
            provides.Gpus == 0 ? 1 : Math.Max(1, needs.Gpus),
            isRelaxed ? 0 : needs.Cpus,
            isRelaxed ? 0 : needs.MemoryBytes,
            needs.DiskBytes
        );
        var could = NodeMatch.Could(provides, needs) && demand.Slots <= nodes.Slots;
        return new NodeClassFit(nodes, could, NodeMatch.StandsIn(provides, needs), demand);
    }
}
