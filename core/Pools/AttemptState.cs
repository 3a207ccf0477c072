namespace Trainyard.Core.Pools;

/// <summary>Where an attempt stands in a dispatch queue. The names are the ones that queues keep.</summary>
public enum AttemptState
{
    /// <summary>Waits for a node.</summary>
    Queued,

    /// <summary>A node has its lease.</summary>
    Leased,

    /// <summary>Its lease ran out; reported until it is finished.</summary>
    Lost,

    /// <summary>Taken out of the queue by a cancel.</summary>
    Removed,

    /// <summary>Over for good.</summary>
    Finished,
}
