using System.Text.Json;

namespace Trainyard.Contracts;

/// <summary>Which part of an experiment a run is.</summary>
public sealed record RunExperimentResource
{
    /// <summary>The experiment's id.</summary>
    public required Guid Guid { get; init; }

    /// <summary>The id of the experiment's run.</summary>
    public required Guid RunGuid { get; init; }

    /// <summary>The name of the training reference.</summary>
    public required string TrainingReferenceName { get; init; }

    /// <summary>Which run of a search it is, from 0; left out where nothing is searched.</summary>
    public int? Number { get; init; }

    /// <summary>What the search chose, numbers and texts; left out where nothing is searched.</summary>
    public IReadOnlyDictionary<string, JsonElement>? HyperParameters { get; init; }
}
