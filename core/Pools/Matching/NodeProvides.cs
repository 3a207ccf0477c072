using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Matching;

/// <summary>A node's total resources, free or not.</summary>
/// <param name="Gpus">The number of GPUs; 0 makes it a CPU node.</param>
/// <param name="Facts">The capabilities; null when its agent does not report them.</param>
public readonly record struct NodeProvides(int Gpus, NodeCapabilities? Facts)
{
    public static NodeProvides Of(NodeOffer offer) => new(offer.Gpus, offer.Facts);
}
