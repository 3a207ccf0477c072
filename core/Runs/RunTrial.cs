using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Search;

namespace Trainyard.Core.Runs;

/// <summary>The part of an experiment that a run is.</summary>
public sealed record RunTrial
{
    public required Guid ExperimentId { get; init; }

    public required Guid ExperimentRunId { get; init; }

    /// <summary>The training reference's name.</summary>
    public required string Reference { get; init; }

    /// <summary>The number of the run within a search, from 0; null without a search.</summary>
    public int? Number { get; init; }

    /// <summary>The hyperparameters that the search chose.</summary>
    public SortedDictionary<string, ParameterValue>? HyperParameters { get; init; }

    /// <summary>The content of <c>config.json</c> for the command; null without a search.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Configuration =>
        HyperParameters is { } values ? JsonSerializer.Serialize(values, WireJson.Options) : null;
}
