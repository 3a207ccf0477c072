using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The long poll of a node that waits for a run, and the run that it is given.</summary>
internal sealed class NodeQuestion(NodeOffer offer)
{
    private TaskCompletionSource _signal = NewSignal();

    public NodeOffer Offer => offer;

    /// <summary>The run that the node shall get; null while it waits for one.</summary>
    public GangPlacement? Given { get; set; }

    /// <summary>The lease that the poll of another node of the same run took for this one.</summary>
    public Lease? Lease { get; set; }

    /// <summary>Whether the node may take no run any more, as found after the poll began.</summary>
    public bool IsRefused { get; set; }

    /// <summary>
    /// Completes at the next wake-up. Read it before checking the state, so that no wake-up is missed.
    /// </summary>
    public Task Next => Volatile.Read(ref _signal).Task;

    public void Wake() => Interlocked.Exchange(ref _signal, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// A decision of the scheduler and the polls of its nodes that wait here. The first poll that sees it takes the leases
/// of all; the others wait for the result. Nodes that wait at other processes find their leases there.
/// </summary>
internal sealed class GangPlacement(
    PlacementDecision decision,
    IReadOnlyList<NodeQuestion> questions,
    IReadOnlyList<NodeOffer> offers
)
{
    public PlacementDecision Decision => decision;

    /// <summary>The polls that wait here.</summary>
    public IReadOnlyList<NodeQuestion> Questions => questions;

    /// <summary>The offers in the order of the decision's nodes.</summary>
    public IReadOnlyList<NodeOffer> Offers => offers;

    /// <summary>The poll that takes the leases; null before one does.</summary>
    public NodeQuestion? Taker { get; set; }

    public Lease LeaseOf(NodeQuestion question, IReadOnlyList<Lease> leases)
    {
        for (var i = 0; i < offers.Count; i++)
        {
            if (offers[i].Node == question.Offer.Node)
            {
                return leases[i];
            }
        }
        throw new ArgumentException("The poll is not one of the placement.", nameof(question));
    }
}
