using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>The state of a machine, judged by its node.</summary>
internal enum MachineState
{
    /// <summary>Its node has not asked for work yet.</summary>
    Starting,

    /// <summary>Its node asked for work or renewed a lease recently.</summary>
    Live,

    /// <summary>Its node has not been seen for a while, or is about to be taken away. It may come back.</summary>
    Silent,

    /// <summary>Its node never appeared, or was silent for too long.</summary>
    Broken,

    /// <summary>Its node gets no more runs; the machine is to be removed.</summary>
    Retired,
}

/// <summary>A machine with its most recent node and its state.</summary>
internal sealed record MachineStatus(PoolMachine Machine, PoolNode? Node, MachineState State)
{
    public bool IsUseful => State is MachineState.Starting or MachineState.Live;

    public static MachineStatus Of(
        PoolMachine machine,
        IEnumerable<PoolNode> nodes,
        TimeSpan startTimeout,
        TimeSpan seenLately,
        DateTimeOffset now
    )
    {
        // A new machine may reuse the name of an earlier one, whose nodes are still known.
        var node = nodes
            .Where(each => NodeNames.IsOn(each.Name, machine.Name) && each.SeenAt >= machine.CreatedAt)
            .MaxBy(each => each.SeenAt);
        var silence = now - (node?.SeenAt ?? machine.CreatedAt);
        return new MachineStatus(machine, node, StateOf(node, silence, startTimeout, seenLately));
    }

    /// <summary>Whether its node has had no run for at least this time.</summary>
    public bool IsIdleFor(TimeSpan time, DateTimeOffset now) =>
        State is MachineState.Live && Node is { LeasedSlots: 0 } node && node.IdleSince + time <= now;

    private static MachineState StateOf(PoolNode? node, TimeSpan silence, TimeSpan startTimeout, TimeSpan seenLately)
    {
        var isFree = node is null or { LeasedSlots: 0 };
        if (node is { IsRetired: true } && isFree)
        {
            return MachineState.Retired;
        }
        if (silence >= startTimeout && isFree)
        {
            return MachineState.Broken;
        }
        if (node is null)
        {
            return MachineState.Starting;
        }
        return silence <= seenLately && node.Slots > 0 ? MachineState.Live : MachineState.Silent;
    }
}
