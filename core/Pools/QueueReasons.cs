using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>Explains why a run still waits, from its position in the queue.</summary>
public static class QueueReasons
{
    /// <summary>The reason, or null for a run that is not in the queue.</summary>
    public static RunReason? Of(QueuePosition? position)
    {
        if (position is null)
        {
            return null;
        }
        if (position.NotBefore is { } at)
        {
            return RunReason.System("retry", $"the attempt before failed; the next one may begin at {at:HH:mm:ss} UTC");
        }
        if (position is { Nodes: 0, Starting: > 0 })
        {
            return RunReason.Capacity("node_starting", $"{Machines(position.Starting)} being started");
        }
        if (position is { SetAside: > 0 } and ({ Nodes: 0 } or { Lacking: not null }))
        {
            return RunReason.System(
                "nodes_set_aside",
                $"every node of {NameOf(position)} that could run it failed several runs and rests for a while"
            );
        }
        if (position is { Drained: > 0 } and ({ Nodes: 0 } or { Lacking: not null }))
        {
            return RunReason.Capacity(
                "nodes_drained",
                $"every node of {NameOf(position)} that could run it takes no new runs for now: its operator drained it"
            );
        }
        if (position.Nodes == 0)
        {
            return RunReason.Capacity("no_node", $"no node of {NameOf(position)} has asked for work lately");
        }
        var coming = position.Starting > 0 ? $", {Machines(position.Starting)} being started" : "";
        if (position.Lacking is { } lacking)
        {
            return RunReason.Capacity("no_node_fits", lacking + coming);
        }
        if (position.AreNodesTooFew)
        {
            return RunReason.Capacity("too_few_nodes", TooFew(position) + coming);
        }
        var need = NeedOf(position);
        if (position.Standing is { } standing && LimitOf(standing) is { } limit)
        {
            return RunReason.Capacity("limit", limit + UntilLetGo(standing));
        }
        var room =
            position.NeededNodes == 1
                ? $"needs {need}, {Free(position)}"
                : $"needs {position.NeededNodes} nodes at once with {need} each, {position.FreeNodes} of {position.FittingNodes} free";
        var where = $"{position.Ahead} ahead, {room}{coming}";
        return RunReason.Capacity("queued", where + (position.Standing is { } told ? Until(told, position) : ""));
    }

    // The room is on nodes, so what has free slots may have too little disk left.
    private static string NeedOf(QueuePosition position)
    {
        var slots = position.CpuOnly ? "1 CPU slot" : Gpus(position.NeededGpus);
        return position.NeededDiskBytes > 0 ? $"{slots} and {Words.Disk(position.NeededDiskBytes)}" : slots;
    }

    private static string Free(QueuePosition position) =>
        position.NeededDiskBytes > 0 ? $"{Slots(position.FreeSlots)} free" : $"{position.FreeSlots} free";

    private static string TooFew(QueuePosition position)
    {
        var fitting = position.FittingNodes == 1 ? "1 node" : $"{position.FittingNodes} nodes";
        var resting = position.SetAside > 0 ? $", {position.SetAside} more after a rest for failures" : "";
        var drained = position.Drained > 0 ? $", {position.Drained} more when no longer drained by the operator" : "";
        return $"needs {position.NeededNodes} nodes at once; {fitting} of {NameOf(position)} could run it{resting}{drained}";
    }

    private static string NameOf(QueuePosition position) =>
        position.Pool is { } name ? $"the pool '{name}'" : "the pool";

    private static string? LimitOf(RunStanding standing) =>
        standing.Hold switch
        {
            RunHold.OwnerGpus => $"your runs may hold {Gpus(standing.Limit)} at once, and do or would with this one",
            RunHold.OwnerRuns => $"{standing.Limit} of your runs may run at once, and do",
            RunHold.PoolGpus =>
                $"the pool's runs may hold {Gpus(standing.Limit)} at once, and do or would with this one",
            RunHold.PoolRuns => $"{standing.Limit} runs of the pool may run at once, and do",
            _ => null,
        };

    private static string UntilLetGo(RunStanding standing) =>
        standing.StartsAt is { } at ? $"; it begins about {Time(at)} {Basis(standing)}" : "; when it begins is unknown";

    private static string Until(RunStanding standing, QueuePosition position) =>
        standing switch
        {
            { Hold: RunHold.Preempting, StartsAt: { } at } when position.NeededNodes > 1 =>
                $"; {Kept(position)} kept for it, where preemptible runs give way, about {Time(at)}",
            { Hold: RunHold.Preempting, StartsAt: { } at } => $"; a preemptible run gives way to it, about {Time(at)}",
            { Hold: RunHold.Reserved, IsPromised: true, StartsAt: { } at } =>
                $"; {Kept(position)} kept for it, it begins by {Time(at)}",
            { Hold: RunHold.Reserved, StartsAt: { } at } =>
                $"; {Kept(position)} kept for it, about {Time(at)} {Basis(standing)}",
            { Hold: RunHold.Reserved } =>
                $"; {Kept(position)} kept for it, when it begins is unknown: what runs there has no max_duration",
            { Hold: RunHold.ReservedForOthers, StartsAt: { } at } =>
                $"; what is free is kept for a larger run, about {Time(at)} {Basis(standing)}",
            { Hold: RunHold.ReservedForOthers } =>
                "; what is free is kept for a larger run that it would delay, when it begins is unknown",
            _ when IsNext(standing, position) => "",
            { StartsAt: { } at } => $"; about {Time(at)} {Basis(standing)}",
            { Hold: RunHold.Turn } =>
                "; when it begins is unknown: what runs has no max_duration, and no like runs before it",
            _ => "",
        };

    private static string Kept(QueuePosition position) =>
        position.NeededNodes == 1 ? "a node is" : $"{position.NeededNodes} nodes are";

    private static bool IsNext(RunStanding standing, QueuePosition position) =>
        standing.Ahead == 0
        && position.NeededDiskBytes == 0
        && (
            position.NeededNodes == 1
                ? position.FreeSlots >= Math.Max(1, position.NeededGpus)
                : position.FreeNodes >= position.NeededNodes
        );

    private static string Basis(RunStanding standing) =>
        standing.IsFromHistory ? "if runs take as long as like ones did (an estimate)" : "if all runs take their time";

    private static string Time(DateTimeOffset at) => at.ToString("MM-dd HH:mm 'UTC'");

    private static string Machines(int count) => count == 1 ? "a machine is" : $"{count} machines are";

    private static string Slots(int count) => count == 1 ? "1 slot" : $"{count} slots";

    private static string Gpus(int count) => count == 1 ? "1 GPU" : $"{count} GPUs";
}
