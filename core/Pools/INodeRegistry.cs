namespace Trainyard.Core.Pools;

/// <summary>An operator's actions on the nodes of all pools. The registry is persistent.</summary>
public interface INodeRegistry
{
    /// <summary>All known nodes by name, with a state at most some seconds old.</summary>
    Task<IReadOnlyList<PoolNode>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Drains a node or ends its drain. A drained node gets no new runs, not even for a pending long poll; its current
    /// runs continue. Returns false when the node is not known. Idempotent.
    /// </summary>
    Task<bool> DrainAsync(string node, bool isDrained, CancellationToken cancellationToken);

    /// <summary>Forgets a node that was not seen since the given time and holds no lease.</summary>
    Task<NodeRemoval> RemoveAsync(string node, DateTimeOffset notSeenSince, CancellationToken cancellationToken);
}

/// <summary>The result of removing a node.</summary>
public enum NodeRemoval
{
    Removed,

    /// <summary>No node of this name is known.</summary>
    NotFound,

    /// <summary>The node still holds runs, or their leases have not been taken as lost yet.</summary>
    HoldsRuns,

    /// <summary>The node was seen recently and would register again at once.</summary>
    IsThere,
}
