using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Ending;

/// <summary>How a run ends, and which attempt left something to store.</summary>
public sealed record RunVerdict
{
    public required RunPhase Phase { get; init; }

    public required RunReason Reason { get; init; }

    /// <summary>The attempt whose log and staged files go into the results bucket; null when no attempt began.</summary>
    public int? StoredAttempt { get; init; }

    /// <summary>What the bucket did not take; null when it took all, or when there was nothing.</summary>
    public UnstoredResults? Unstored { get; init; }
}
