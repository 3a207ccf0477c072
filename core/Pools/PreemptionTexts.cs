using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>Says for whom a run gives way. Names only runs of the same owner.</summary>
public static class PreemptionTexts
{
    /// <summary>For an attempt on this many nodes that was told and still runs.</summary>
    public static string GivesWay(PreemptionOrder order, int nodes) =>
        $"gives way to {Whom(order)}: it is stopped{On(nodes)} with its grace time and goes on later";

    /// <summary>For an attempt that ended so.</summary>
    public static string GaveWay(PreemptionOrder order) => $"gave way to {Whom(order)}";

    private static string On(int nodes) => nodes == 1 ? "" : $" on all of its {nodes} nodes";

    private static string Whom(PreemptionOrder order) =>
        order.IsSameOwner
            ? $"your run {order.For} of priority {PriorityOf(order)}"
            : $"a run of priority {PriorityOf(order)} of another owner, who had used less of the pool";

    private static string PriorityOf(PreemptionOrder order) =>
        order.Priority switch
        {
            < 0 => "low",
            0 => "normal",
            _ => "high",
        };
}
