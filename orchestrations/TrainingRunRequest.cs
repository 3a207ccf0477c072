using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations;

/// <summary>The orchestrator's input. Manifest, archive and secrets stay in their stores.</summary>
public sealed record TrainingRunRequest
{
    public required RunId RunId { get; init; }

    /// <summary>Longest time for one attempt's command; null without limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Longest time for one attempt's downloads; null without limit.</summary>
    public TimeSpan? DownloadTimeout { get; init; }

    public required RetryLimits Retries { get; init; }

    /// <summary>The states that the owner's webhook is told; empty without one.</summary>
    public IReadOnlyList<string> NotifyOn { get; init; } = [];

    /// <summary>The orchestration of the experiment that it is a part of, which is told of its end; null without one.</summary>
    public string? Experiment { get; init; }

    /// <summary>The request for a run as its record has it.</summary>
    public static TrainingRunRequest For(TrainingRun run, PoolOptions pool) =>
        new()
        {
            RunId = run.Id,
            MaxDuration = run.Manifest.MaxDuration,
            DownloadTimeout = pool.DownloadTimeout,
            Retries = run.Manifest.Retries,
            NotifyOn = run.Manifest.Notify?.On ?? [],
            Experiment = run.Trial is { } trial ? ExperimentRun.InstanceIdOf(trial.ExperimentRunId) : null,
        };
}
