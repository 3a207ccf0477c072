using Trainyard.Agent.Limits;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Jobs;

/// <summary>How the command, or what came before it, ended.</summary>
internal sealed record AttemptEnd(AttemptOutcome Outcome, string Message = "")
{
    public int? ExitCode { get; init; }

    /// <summary>Why not all that the command left has arrived; null when it has.</summary>
    public string? Undelivered { get; init; }

    /// <summary>Of the container image that the command ran in; null without one.</summary>
    public string? ImageDigest { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public double CommandSeconds { get; init; }

    public ResourceUsage Usage { get; init; } = ResourceUsage.Unknown;

    /// <summary>The most that was seen of each; null where nothing was sampled.</summary>
    public MachinePeaks? Peaks { get; init; }
}
