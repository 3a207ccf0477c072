using System.Text.Json;

namespace Trainyard.Contracts;

/// <summary>A run's place in an experiment.</summary>
public sealed record RunExperimentResource
{
    /// <summary>The experiment's id.</summary>
    public required Guid Guid { get; init; }

    /// <summary>The id of the experiment's run.</summary>
    public required Guid RunGuid { get; init; }

    /// <summary>The name of the training reference.</summary>
    public required string TrainingReferenceName { get; init; }

    /// <summary>The number of the run in its search, from 0; left out without a search.</summary>
    public int? Number { get; init; }

    /// <summary>The values that the search chose, numbers and texts; left out without a search.</summary>
    public IReadOnlyDictionary<string, JsonElement>? HyperParameters { get; init; }
}
