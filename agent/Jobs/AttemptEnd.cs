using Trainyard.Agent.Limits;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Jobs;

/// <summary>How an attempt's command, or the work before it, ended.</summary>
internal sealed record AttemptEnd(AttemptOutcome Outcome, string Message = "")
{
    public int? ExitCode { get; init; }

    /// <summary>The code of the store's failure behind a failed download; null or empty for none.</summary>
    public string? Cause { get; init; }

    /// <summary>Why some of the command's output did not arrive; null when all of it did.</summary>
    public string? Undelivered { get; init; }

    /// <summary>The digest of the container image that the command ran in; null without an image.</summary>
    public string? ImageDigest { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public double CommandSeconds { get; init; }

    public ResourceUsage Usage { get; init; } = ResourceUsage.Unknown;

    /// <summary>The highest measured values; null where nothing was sampled.</summary>
    public MachinePeaks? Peaks { get; init; }
}
