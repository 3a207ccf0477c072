using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Search;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Experiments;

/// <summary>The record of a run of an experiment: everything from which it goes on after any interruption. Holds no secret.</summary>
public sealed record ExperimentRun : OwnedRecord
{
    public required Guid ExperimentId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<ReferenceRun> References { get; init; }

    public ExperimentState State { get; init; } = ExperimentState.Pending;

    /// <summary>Why it is where it is, as a sentence.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the owner asked for its end.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>When the owner deleted it: it is hidden since, and purged when it has ended.</summary>
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

    /// <summary>With two l, as the clients of 2018 wait for it.</summary>
    Cancelled,
}

/// <summary>A training reference of the run, as it was when the run began.</summary>
public sealed record ReferenceRun
{
    public required string Name { get; init; }

    /// <summary>What each of its training runs is made from.</summary>
    public required TrainingManifest Manifest { get; init; }

    public required ArchiveInfo Archive { get; init; }

    public required Guid DefinitionId { get; init; }

    /// <summary>Null for one training run.</summary>
    public SearchSettings? Search { get; init; }

    /// <summary>What the search's chance depends on.</summary>
    public int Seed { get; init; }

    public IReadOnlyList<Trial> Trials { get; init; } = [];

    /// <summary>No further training run is started.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>Why not, where it is not that all were.</summary>
    public string? StoppedBecause { get; init; }

    /// <summary>The best of its trials that completed, by its number.</summary>
    public int? Best { get; init; }

    /// <summary>What the repository keeps the best trial's model as.</summary>
    public Guid? BestModelId { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<Trial> Live => Trials.Where(t => t.Phase is null);

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDone => IsExhausted && !Live.Any();
}

/// <summary>One training run of an experiment.</summary>
public sealed record Trial
{
    /// <summary>From 0: SUBID.</summary>
    public required int Number { get; init; }

    public required RunId RunId { get; init; }

    public required DateTimeOffset ChosenAt { get; init; }

    /// <summary>Whether its run was submitted and started.</summary>
    public bool IsStarted { get; init; }

    public SortedDictionary<string, ParameterValue>? HyperParameters { get; init; }

    /// <summary>How its run ended; null while it has not.</summary>
    public RunPhase? Phase { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended so, as a sentence; null where it completed.</summary>
    public string? Reason { get; init; }

    /// <summary>The last value of the objective.</summary>
    public double? Objective { get; init; }

    /// <summary>The objective at some steps, each as good as any before it; what early stopping goes by.</summary>
    public IReadOnlyList<ObjectivePoint> Rungs { get; init; } = [];

    /// <summary>Whether it is stopped because others are better.</summary>
    public bool IsStoppedEarly { get; init; }

    public double GpuSeconds { get; init; }
}

/// <summary>The objective at a step of a training.</summary>
public sealed record ObjectivePoint(long Step, double Value);
