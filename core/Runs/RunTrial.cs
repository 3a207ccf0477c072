using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Search;

namespace Trainyard.Core.Runs;

/// <summary>Which part of an experiment a run is.</summary>
public sealed record RunTrial
{
    public required Guid ExperimentId { get; init; }

    public required Guid ExperimentRunId { get; init; }

    /// <summary>The training reference's name.</summary>
    public required string Reference { get; init; }

    /// <summary>Which run of a search it is, from 0; null where nothing is searched.</summary>
    public int? Number { get; init; }

    /// <summary>The hyperparameters that the search chose.</summary>
    public SortedDictionary<string, ParameterValue>? HyperParameters { get; init; }

    /// <summary>What the command finds as <c>config.json</c>; null where nothing is searched.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Configuration =>
        HyperParameters is { } values ? JsonSerializer.Serialize(values, WireJson.Options) : null;
}
