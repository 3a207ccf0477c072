using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>What every dispatch queue decides the same way.</summary>
public static class LeaseRules
{
    /// <summary>How long the end of an attempt is remembered; far longer than an orchestration takes to get past it.</summary>
    public static TimeSpan Memory => TimeSpan.FromDays(30);

    /// <summary>
    /// Slots of the node that a run takes: one for each GPU; one on a CPU node, and one of a run that needs no GPU.
    /// </summary>
    public static int SlotsFor(NodeOffer offer, int gpus) => SlotsFor(offer.Gpus, gpus);

    /// <inheritdoc cref="SlotsFor(NodeOffer, int)"/>
    public static int SlotsFor(int gpusOfNode, int gpus) => gpusOfNode == 0 ? 1 : Math.Max(1, gpus);

    /// <summary>
    /// Whether a run that the node could take has room there now: slots, and CPUs and memory that nobody was promised. What does
    /// not fit yet waits for some to come free; nothing behind it goes first.
    /// </summary>
    public static bool Fits(NodeOffer offer, RunNeeds needs) =>
        SlotsFor(offer, needs.Gpus) <= offer.FreeSlots
        && (
            NodeMatch.AreSizesRelaxed(NodeProvides.Of(offer), needs)
            || (
                needs.Cpus <= (offer.FreeCpus ?? double.MaxValue)
                && needs.MemoryBytes <= (offer.FreeMemoryBytes ?? long.MaxValue)
            )
        );

    /// <summary>
    /// Whether a lease that the node was given and does not hold can be given to it again: the answer that carried it can get
    /// lost, but a node that renewed it had it, and lost what it ran.
    /// </summary>
    public static bool CanGiveAgain(NodeOffer offer, RunNeeds needs, bool renewed) =>
        !renewed && NodeMatch.Could(NodeProvides.Of(offer), needs) && Fits(offer, needs);

    /// <summary>How lately a node was heard of that still counts: one that waits or works asks far more often.</summary>
    public static TimeSpan SeenLately(TimeSpan leaseDuration) => TimeSpan.FromMinutes(1) + leaseDuration;
}
