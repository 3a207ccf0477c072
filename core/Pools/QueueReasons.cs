using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools;

/// <summary>Why a run still waits, from where it stands in the queue.</summary>
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
                "every node of the pool that could run it failed several runs and rests for a while"
            );
        }
        if (position.Nodes == 0)
        {
            return RunReason.Capacity("no_node", "no node of the pool has asked for work lately");
        }
        var coming = position.Starting > 0 ? $", {Machines(position.Starting)} being started" : "";
        if (position.Lacking is { } lacking)
        {
            return RunReason.Capacity("no_node_fits", lacking + coming);
        }
        var need = position.CpuOnly ? "1 CPU slot" : Gpus(position.NeededGpus);
        return RunReason.Capacity("queued", $"{position.Ahead} ahead, needs {need}, {position.FreeSlots} free{coming}");
    }

    private static string Machines(int count) => count == 1 ? "a machine is" : $"{count} machines are";

    private static string Gpus(int count) => count == 1 ? "1 GPU" : $"{count} GPUs";
}
