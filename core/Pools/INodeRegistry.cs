namespace Trainyard.Core.Pools;

/// <summary>What an operator does with nodes, of all pools. What is kept of a node outlives the service.</summary>
public interface INodeRegistry
{
    /// <summary>All nodes that are known, as they were within the last seconds, by name.</summary>
    Task<IReadOnlyList<PoolNode>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// From now on the node is given no new run, not even by a question that waits already, or is given some again; what it runs
    /// goes on. False for a node that is not known. Repeatable.
    /// </summary>
    Task<bool> DrainAsync(string node, bool isDrained, CancellationToken cancellationToken);

    /// <summary>Forgets a node that was not heard of since then and holds no lease.</summary>
    Task<NodeRemoval> RemoveAsync(string node, DateTimeOffset notSeenSince, CancellationToken cancellationToken);
}

/// <summary>What came of forgetting a node.</summary>
public enum NodeRemoval
{
    Removed,

    /// <summary>No node of this name is known.</summary>
    NotFound,

    /// <summary>Runs are on it, or are not taken as lost yet.</summary>
    HoldsRuns,

    /// <summary>It was heard of lately, and would be back in a moment.</summary>
    IsThere,
}
