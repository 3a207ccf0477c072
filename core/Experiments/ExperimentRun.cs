using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Search;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Experiments;

/// <summary>
/// The record of an experiment's run: the whole state needed to continue after an interruption. Holds no secret.
/// </summary>
public sealed record ExperimentRun : OwnedRecord
{
    public required Guid ExperimentId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<ReferenceRun> References { get; init; }

    public ExperimentState State { get; init; } = ExperimentState.Pending;

    /// <summary>The reason for its state, as a sentence.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The time when the owner asked for its end.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>The time when the owner deleted it: it is hidden since, and purged when it has ended.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override Guid? ParentId => ExperimentId;

    [System.Text.Json.Serialization.JsonIgnore]
    public override DateTimeOffset? ClosedAt => EndedAt;

    [System.Text.Json.Serialization.JsonIgnore]
    public SubmissionKey Secrets => Experiment.SecretsOf(Id);

    [System.Text.Json.Serialization.JsonIgnore]
    public string InstanceId => InstanceIdOf(Id);

    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<Trial> Trials => References.SelectMany(r => r.Trials);

    /// <summary>The id of its orchestration.</summary>
    public static string InstanceIdOf(Guid id) => $"experiment-run-{id}";
}

public enum ExperimentState
{
    Pending,
    Running,
    Completed,
    Error,

    /// <summary>Spelled with two l, as the clients of 2018 expect.</summary>
    Cancelled,
}

/// <summary>A training reference as it was when the run began.</summary>
public sealed record ReferenceRun
{
    public required string Name { get; init; }

    /// <summary>The manifest of each of its training runs.</summary>
    public required TrainingManifest Manifest { get; init; }

    public required ArchiveInfo Archive { get; init; }

    public required Guid DefinitionId { get; init; }

    /// <summary>The search; null for a single training run.</summary>
    public SearchSettings? Search { get; init; }

    /// <summary>The seed of the search's random choices.</summary>
    public int Seed { get; init; }

    public IReadOnlyList<Trial> Trials { get; init; } = [];

    /// <summary>Whether no further training run is started.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>Why it was stopped; null when all training runs were started.</summary>
    public string? StoppedBecause { get; init; }

    /// <summary>The number of the best completed trial.</summary>
    public int? Best { get; init; }

    /// <summary>The id of the best trial's model in the repository.</summary>
    public Guid? BestModelId { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<Trial> Live => Trials.Where(t => t.Phase is null);

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDone => IsExhausted && !Live.Any();
}

/// <summary>One training run of an experiment.</summary>
public sealed record Trial
{
    /// <summary>The number from 0; SUBID in metrics.</summary>
    public required int Number { get; init; }

    public required RunId RunId { get; init; }

    public required DateTimeOffset ChosenAt { get; init; }

    /// <summary>Whether its run was submitted and started.</summary>
    public bool IsStarted { get; init; }

    public SortedDictionary<string, ParameterValue>? HyperParameters { get; init; }

    /// <summary>The phase in which its run ended; null before that.</summary>
    public RunPhase? Phase { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended that way, as a sentence; null when it completed.</summary>
    public string? Reason { get; init; }

    /// <summary>The last value of the objective.</summary>
    public double? Objective { get; init; }

    /// <summary>The best objective so far at some steps, for early stopping.</summary>
    public IReadOnlyList<ObjectivePoint> Rungs { get; init; } = [];

    /// <summary>Whether it is stopped because other trials are better.</summary>
    public bool IsStoppedEarly { get; init; }

    public double GpuSeconds { get; init; }
}

/// <summary>The objective at a step of a training.</summary>
public sealed record ObjectivePoint(long Step, double Value);
