using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The operations of a queue for a node that asks for work.</summary>
public interface INodeLeases
{
    /// <summary>
    /// Records that the node was seen and settles the leases that it no longer holds. <paramref name="isLatest"/> says
    /// whether this is still the node's latest request.
    /// </summary>
    Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the run to all nodes of the decision, whose offers come in the same order, or to none. Returns null when
    /// the run or a node has changed; the dispatcher has been told of the change by then, also which nodes it must
    /// refuse. <paramref name="areLatest"/> says whether these are still the latest requests of all the nodes.
    /// </summary>
    Task<IReadOnlyList<Lease>?> GiveAsync(
        PlacementDecision decision,
        IReadOnlyList<NodeOffer> offers,
        Func<bool> areLatest,
        CancellationToken cancellationToken
    );
}

/// <summary>The status of a node that asks for work.</summary>
/// <param name="Again">A lease that is given to the node again; null for none.</param>
/// <param name="MayTake">Whether the node may be given a run.</param>
public sealed record NodeOpening(Lease? Again, bool MayTake);
