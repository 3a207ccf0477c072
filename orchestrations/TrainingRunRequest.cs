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

    /// <summary>How many nodes an attempt has, each with a learner of its own.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>The time limit of one attempt's command; null for no limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>The time limit of one attempt's downloads; null for no limit.</summary>
    public TimeSpan? DownloadTimeout { get; init; }

    public required RetryLimits Retries { get; init; }

    /// <summary>The states to report to the owner's webhook; empty without a webhook.</summary>
    public IReadOnlyList<string> NotifyOn { get; init; } = [];

    /// <summary>
    /// The orchestration of the experiment or array that the run belongs to, which is told when the run ends; null without one.
    /// </summary>
    public string? Experiment { get; init; }

    /// <summary>Builds the request from a run's record.</summary>
    public static TrainingRunRequest For(TrainingRun run, PoolOptions pool) =>
        new()
        {
            RunId = run.Id,
            Learners = pool.LearnersOf(run.Manifest),
            MaxDuration = run.Manifest.MaxDuration,
            DownloadTimeout = pool.DownloadTimeout,
            Retries = run.Manifest.Retries,
            NotifyOn = run.Manifest.Notify?.On ?? [],
            Experiment = run.Trial is { } trial
                ? ExperimentRun.InstanceIdOf(trial.ExperimentRunId)
                : run.Element?.ArrayId.ToString(),
        };
}
