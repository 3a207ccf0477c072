using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>Why a machine is removed.</summary>
public enum RemovalCause
{
    /// <summary>Nothing ran on it for a while, and no waiting run needs it.</summary>
    Idle,

    /// <summary>Its node never appeared, or fell silent.</summary>
    Broken,

    /// <summary>An earlier plan began its removal.</summary>
    Retired,
}

/// <summary>A machine to remove, and its node (null when unknown), which must be retired first.</summary>
public sealed record MachineRemoval(PoolMachine Machine, string? Node, RemovalCause Cause);

/// <summary>The steps that give a pool the machines it needs.</summary>
/// <param name="GrowTo">How many machines to ask for; null when there are enough.</param>
/// <param name="Removals">The machines to remove.</param>
/// <param name="Starting">The number of machines without a node yet, including those to request.</param>
public sealed record ScalingPlan(int? GrowTo, IReadOnlyList<MachineRemoval> Removals, int Starting)
{
    // Far more than the number of slots in the largest pool.
    private const int MostWaiting = 10_000;

    /// <summary>
    /// Plans machines for all waiting runs at once, up to the maximum, and removes machines that have been idle for
    /// long and are not needed.
    /// </summary>
    public static ScalingPlan Make(
        IReadOnlyList<PoolMachine> machines,
        PoolLoad load,
        ScalingOptions options,
        PoolOptions pool,
        DateTimeOffset now
    )
    {
        var seenLately = LeaseRules.SeenLately(pool.LeaseDuration);
        var all = machines
            .Select(machine => MachineStatus.Of(machine, load.Nodes, options.StartTimeout, seenLately, now))
            .ToList();
        var useful = all.Where(each => each.IsUseful).OrderBy(Preference).ThenByDescending(SinceWhen).ToList();
        var spaces = useful.ConvertAll(each => SpaceOf(each, options, pool));
        var more = NodeSpace.Pack(
            load.Waiting.Take(MostWaiting)
                .Where(run => run.Nodes <= options.Maximum && CouldHelp(load.Nodes, run.Needs, options, pool))
                .Select(run => (run.Needs.Gpus, run.Nodes)),
            spaces,
            () => NewSpace(options, pool)
        );
        var idle = useful
            .Where((each, i) => !spaces[i].IsUsed && each.IsIdleFor(options.IdleTime, now))
            .OrderBy(SinceWhen)
            .Take(useful.Count - options.Minimum)
            .ToList();
        var gone = all.Where(each => each.State is MachineState.Broken or MachineState.Retired).Concat(idle).ToList();
        var kept = all.Count - gone.Count;
        var growTo = CountOf(useful.Count - idle.Count, more, kept, options);
        var starting = useful.Count(each => each.State is MachineState.Starting) + (growTo - kept ?? 0);
        return new ScalingPlan(growTo, [.. gone.Select(Remove)], starting);
    }

    // The machines of a pool are alike: if no known one can run it, a new one cannot either.
    private static bool CouldHelp(
        IReadOnlyList<PoolNode> known,
        RunNeeds needs,
        ScalingOptions options,
        PoolOptions pool
    )
    {
        if (options.NodeGpus == 0 && needs.Gpus > 0 && pool.CpuStandIn is not true)
        {
            return false;
        }
        var telling = known.Where(node => node.Facts is { AreComplete: true }).ToList();
        return telling.Count == 0 || telling.Exists(node => NodeMatch.Could(node.Provides, needs));
    }

    // A silent machine costs money, so it counts towards the maximum, but it takes no runs.
    private static int? CountOf(int useful, int more, int kept, ScalingOptions options)
    {
        var silent = kept - useful;
        var count = Math.Min(Math.Max(useful + more, options.Minimum) + silent, options.Maximum);
        return count > kept ? count : null;
    }

    // Prefers nodes that have runs already, so that idle machines can be removed.
    private static int Preference(MachineStatus status) =>
        status switch
        {
            { Node.LeasedSlots: > 0 } => 0,
            { State: MachineState.Live } => 1,
            _ => 2,
        };

    private static DateTimeOffset SinceWhen(MachineStatus status) => status.Node?.IdleSince ?? status.Machine.CreatedAt;

    private static NodeSpace SpaceOf(MachineStatus status, ScalingOptions options, PoolOptions pool) =>
        status.Node is { } node ? new NodeSpace(node.Gpus, node.FreeSlots) : NewSpace(options, pool);

    private static NodeSpace NewSpace(ScalingOptions options, PoolOptions pool) =>
        new(options.NodeGpus, options.NodeGpus > 0 ? options.NodeGpus : pool.Slots);

    private static MachineRemoval Remove(MachineStatus status) =>
        new(
            status.Machine,
            status.Node?.Name,
            status.State switch
            {
                MachineState.Broken => RemovalCause.Broken,
                MachineState.Retired => RemovalCause.Retired,
                _ => RemovalCause.Idle,
            }
        );
}
