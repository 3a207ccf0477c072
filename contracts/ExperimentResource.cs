using System.Text.Json;

namespace Trainyard.Contracts;

/// <summary>An experiment as <c>/v3/experiments</c> shows it, without credentials.</summary>
public sealed record ExperimentResource
{
    public required ResourceMetadata Metadata { get; init; }

    public required ExperimentEntity Entity { get; init; }
}

public sealed record ExperimentEntity
{
    /// <summary>Name, description, author and evaluation, as in the manifest.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>The training references, as in the manifest.</summary>
    public required JsonElement TrainingReferences { get; init; }

    public required StoreResource TrainingDataReference { get; init; }

    public required StoreResource TrainingResultsReference { get; init; }

    public JsonElement? Tags { get; init; }
}

/// <summary>
/// A page, newest first. Callers with a login token get <see cref="Next"/> as <c>{url}</c>, others as a path.
/// </summary>
public sealed record ResourcePage<T>
{
    public required IReadOnlyList<T> Resources { get; init; }

    public JsonElement? Next { get; init; }
}

/// <summary>A run of an experiment.</summary>
public sealed record ExperimentRunResource
{
    public required ResourceMetadata Metadata { get; init; }

    public required ExperimentLink Experiment { get; init; }

    public required ExperimentRunEntity Entity { get; init; }
}

public sealed record ExperimentLink(string Guid, string Name);

public sealed record ExperimentRunEntity
{
    public required ExperimentRunStatusResource ExperimentRunStatus { get; init; }

    /// <summary>The training runs of this run of the experiment.</summary>
    public required IReadOnlyList<TrainingStatusResource> TrainingStatuses { get; init; }

    /// <summary>The searches of this run of the experiment, each with its best run so far.</summary>
    public required IReadOnlyList<SearchResource> Searches { get; init; }
}

public sealed record ExperimentRunStatusResource
{
    /// <summary>pending, running, completed, error or cancelled.</summary>
    public required string State { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Message { get; init; }
}

public sealed record TrainingStatusResource
{
    /// <summary>The training run's id.</summary>
    public required string TrainingGuid { get; init; }

    public required string TrainingReferenceName { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public required IReadOnlyList<MetricResource> Metrics { get; init; }

    public string? Message { get; init; }

    /// <summary>The number of the run in its search, from 0; left out without a search.</summary>
    public int? SubId { get; init; }

    public IReadOnlyList<HyperParameterResource>? HyperParameters { get; init; }

    /// <summary>The last value of the search's objective.</summary>
    public double? Objective { get; init; }

    public double? GpuSeconds { get; init; }
}

/// <summary>A hyperparameter and its value in a run, in one of the two value fields.</summary>
public sealed record HyperParameterResource
{
    public required string Name { get; init; }

    public double? DoubleValue { get; init; }

    public string? StringValue { get; init; }
}

public sealed record SearchResource
{
    public required string TrainingReferenceName { get; init; }

    public required string Method { get; init; }

    public required string Objective { get; init; }

    /// <summary>maximize or minimize.</summary>
    public required string MaximizeOrMinimize { get; init; }

    /// <summary>The maximum number of training runs.</summary>
    public required int NumOptimizerSteps { get; init; }

    /// <summary>The best run's id; left out until a run completes.</summary>
    public string? BestTrainingGuid { get; init; }

    public double? BestObjective { get; init; }

    /// <summary>The id of the best run's model in the repository; left out if there is no model.</summary>
    public string? BestModelGuid { get; init; }

    /// <summary>Why the search ended with fewer training runs than the maximum.</summary>
    public string? StoppedBecause { get; init; }
}
