using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Ending;

/// <summary>How a run ends, and which attempt left results to store.</summary>
public sealed record RunVerdict
{
    public required RunPhase Phase { get; init; }

    public required RunReason Reason { get; init; }

    /// <summary>
    /// The attempt whose log and staged files are stored in the results bucket; null when no attempt began.
    /// </summary>
    public int? StoredAttempt { get; init; }

    /// <summary>The learner that decided, of several; null for a run with one.</summary>
    public int? Learner { get; init; }

    /// <summary>
    /// The exit code of the learner that decided, of several; null for a run with one, whose node has reported it.
    /// </summary>
    public int? ExitCode { get; init; }

    /// <summary>The results that could not be stored; null when all were stored, or when there were none.</summary>
    public UnstoredResults? Unstored { get; init; }
}
