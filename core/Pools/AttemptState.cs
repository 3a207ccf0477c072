namespace Trainyard.Core.Pools;

/// <summary>The state of an attempt in a dispatch queue. Queues persist these names.</summary>
public enum AttemptState
{
    /// <summary>Waits for a node.</summary>
    Queued,

    /// <summary>A node has its lease.</summary>
    Leased,

    /// <summary>Its lease expired; the attempt is reported as lost until it is finished.</summary>
    Lost,

    /// <summary>Taken out of the queue by a cancel.</summary>
    Removed,

    /// <summary>Over for good.</summary>
    Finished,
}
