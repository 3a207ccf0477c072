using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>The rules that all dispatch queues share.</summary>
public static class LeaseRules
{
    /// <summary>
    /// How long the end of an attempt is remembered; far longer than an orchestration needs to move on.
    /// </summary>
    public static TimeSpan Memory => TimeSpan.FromDays(30);

    /// <summary>The slots that a run takes: one per GPU; one on a CPU node, or for a run without GPUs.</summary>
    public static int SlotsFor(NodeOffer offer, int gpus) => SlotsFor(offer.Gpus, gpus);

    /// <inheritdoc cref="SlotsFor(NodeOffer, int)"/>
    public static int SlotsFor(int gpusOfNode, int gpus) => gpusOfNode == 0 ? 1 : Math.Max(1, gpus);

    /// <summary>
    /// Whether the node has room now for a run that it could take: free slots, and CPUs, memory and disk that no other
    /// run was promised.
    /// </summary>
    public static bool Fits(NodeOffer offer, RunNeeds needs) =>
        SlotsFor(offer, needs.Gpus) <= offer.FreeSlots
        && needs.DiskBytes <= (offer.FreeDiskBytes ?? long.MaxValue)
        && (
            NodeMatch.AreSizesRelaxed(NodeProvides.Of(offer), needs)
            || (
                needs.Cpus <= (offer.FreeCpus ?? double.MaxValue)
                && needs.MemoryBytes <= (offer.FreeMemoryBytes ?? long.MaxValue)
            )
        );

    /// <summary>
    /// Whether a lease that the node was given and does not report can be given to it again. The response that carried
    /// the lease may have been lost; a node that renewed the lease did receive it, and has lost the run.
    /// </summary>
    public static bool CanGiveAgain(NodeOffer offer, RunNeeds needs, bool renewed) =>
        !renewed && NodeMatch.Could(NodeProvides.Of(offer), needs) && Fits(offer, needs);

    /// <summary>
    /// How recently a node must have been seen to count as present; waiting and working nodes report far more often.
    /// </summary>
    public static TimeSpan SeenLately(TimeSpan leaseDuration) => TimeSpan.FromMinutes(1) + leaseDuration;
}
