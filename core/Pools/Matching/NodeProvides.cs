using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Matching;

/// <summary>What a node has, free or not.</summary>
/// <param name="Gpus">0 makes it a CPU node.</param>
/// <param name="Facts">Null when its agent does not say.</param>
public readonly record struct NodeProvides(int Gpus, NodeCapabilities? Facts)
{
    public static NodeProvides Of(NodeOffer offer) => new(offer.Gpus, offer.Facts);
}
