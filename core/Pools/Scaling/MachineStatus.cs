using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>What a machine is good for.</summary>
internal enum MachineState
{
    /// <summary>Its node has not asked for work yet.</summary>
    Starting,

    /// <summary>Its node asked for work or renewed a lease just now.</summary>
    Live,

    /// <summary>Its node has not been heard of for a while, or is about to be taken away. It may come back.</summary>
    Silent,

    /// <summary>Its node never came, or was silent for so long that nobody waits for it any more.</summary>
    Broken,

    /// <summary>Its node gets no more runs: what is left is to remove it.</summary>
    Retired,
}

/// <summary>A machine with its node, the latest one where it had several, and how it stands.</summary>
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
        // A machine can have the name of one before it, whose nodes are still known.
        var node = nodes
            .Where(each => NodeNames.IsOn(each.Name, machine.Name) && each.SeenAt >= machine.CreatedAt)
            .MaxBy(each => each.SeenAt);
        var silence = now - (node?.SeenAt ?? machine.CreatedAt);
        return new MachineStatus(machine, node, StateOf(node, silence, startTimeout, seenLately));
    }

    /// <summary>Whether its node has been without a run for so long.</summary>
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
