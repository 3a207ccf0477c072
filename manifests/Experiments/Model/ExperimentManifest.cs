using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Experiments.Model;

/// <summary>An experiment as its manifest describes it. Holds no credentials.</summary>
public sealed record ExperimentManifest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public ManifestAuthor? Author { get; init; }

    public EvaluationDefinition? Evaluation { get; init; }

    public required IReadOnlyList<TrainingReference> References { get; init; }

    public required DataStoreReference TrainingData { get; init; }

    public required DataStoreReference TrainingResults { get; init; }

    public IReadOnlyList<ExperimentTag> Tags { get; init; } = [];
}

/// <summary>How the author judges the models. Shown with the experiment; nothing is computed by it.</summary>
public sealed record EvaluationDefinition(string? Method, IReadOnlyList<string> Metrics);

/// <summary>A mark that other programs put on an experiment.</summary>
public sealed record ExperimentTag(string Value, string? Description);

/// <summary>A stored training definition, to be trained once, or searched over.</summary>
public sealed record TrainingReference
{
    public required string Name { get; init; }

    /// <summary>The definition's address, as it was given.</summary>
    public required string DefinitionUrl { get; init; }

    /// <summary>The definition's id, from its address.</summary>
    public required Guid DefinitionId { get; init; }

    /// <summary>Replaces the definition's own command.</summary>
    public string? Command { get; init; }

    public required ComputeRequest Compute { get; init; }

    /// <summary>The search; null for a single training run.</summary>
    public SearchSettings? Search { get; init; }
}

/// <summary>A search for hyperparameters.</summary>
public sealed record SearchSettings
{
    /// <summary>One of <see cref="SearchMethodNames"/>, without <c>asha</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The metric that rates a model.</summary>
    public required string Objective { get; init; }

    public required bool Maximize { get; init; }

    /// <summary>The maximum number of training runs.</summary>
    public required int Steps { get; init; }

    /// <summary>The maximum number of parallel training runs.</summary>
    public int Parallelism { get; init; } = SearchLimits.UsualParallelism;

    /// <summary>No further run starts once ended runs have used this many GPU hours in total.</summary>
    public double? MaxGpuHours { get; init; }

    /// <summary>No further run starts this many hours after the start.</summary>
    public double? MaxHours { get; init; }

    /// <summary>The seed of random choices; null for a random seed.</summary>
    public int? Seed { get; init; }

    /// <summary>How many values a grid takes from a continuous range.</summary>
    public int GridPoints { get; init; } = SearchLimits.UsualGridPoints;

    /// <summary>The early stopping; null when every run continues to its end.</summary>
    public HalvingSettings? Halving { get; init; }

    public required IReadOnlyList<HyperParameter> Parameters { get; init; }
}

/// <summary>Early stopping by asynchronous successive halving.</summary>
/// <param name="MinSteps">No run is stopped before this step.</param>
/// <param name="Factor">One in this many runs continues at a rung; each rung is this many times later.</param>
public sealed record HalvingSettings(int MinSteps, int Factor);
