using Trainyard.Contracts.Runs;

namespace Trainyard.Orchestrations.Ending;

/// <summary>How a run ends, and which attempt left something to store.</summary>
public sealed record RunVerdict
{
    public required RunPhase Phase { get; init; }

    public required RunReason Reason { get; init; }

    /// <summary>The attempt whose log and staged files go into the results bucket; null when no attempt began.</summary>
    public int? StoredAttempt { get; init; }
}
