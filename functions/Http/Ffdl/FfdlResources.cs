using System.Text.Json.Serialization;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>The answer with only a run's id; a new run also has a <see cref="Location"/>.</summary>
internal sealed record FfdlBasicModel(string ModelId, string? Location = null);

/// <summary>FfDL's wrapper of a list; the name stays the same for any kind of item.</summary>
internal sealed record FfdlList<T>(IReadOnlyList<T> Models);

/// <summary>A run as FfDL shows it.</summary>
internal sealed record FfdlModel
{
    public required string ModelId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required FfdlFramework Framework { get; init; }

    public required FfdlTraining Training { get; init; }

    public required IReadOnlyList<FfdlDataStore> DataStores { get; init; }

    public required IReadOnlyList<FfdlMetric> Metrics { get; init; }
}

internal sealed record FfdlFramework(string Name, string Version);

internal sealed record FfdlTraining
{
    public required string Command { get; init; }

    public required double Cpus { get; init; }

    public required double Gpus { get; init; }

    public required double Memory { get; init; }

    /// <summary>The command line fails without this field.</summary>
    public required string MemoryUnit { get; init; }

    public required int Learners { get; init; }

    public required IReadOnlyList<string> InputData { get; init; }

    public required IReadOnlyList<string> OutputData { get; init; }

    public required FfdlTrainingStatus TrainingStatus { get; init; }
}

internal sealed record FfdlTrainingStatus
{
    public required string Status { get; init; }

    public required string StatusDescription { get; init; }

    public required string Submitted { get; init; }

    /// <summary>Empty while the run has not ended.</summary>
    public required string Completed { get; init; }

    public string? StatusMessage { get; init; }

    public string? ErrorCode { get; init; }
}

/// <summary>A data store without its credentials, which FfDL included.</summary>
internal sealed record FfdlDataStore(string DataStoreId, string Type, IReadOnlyDictionary<string, string> Connection);

internal sealed record FfdlMetric
{
    public required string Type { get; init; }

    public required string Timestamp { get; init; }

    public required long Iteration { get; init; }

    [JsonPropertyName("Values")]
    public required IReadOnlyDictionary<string, object> Values { get; init; }
}

/// <summary>
/// Uses numbers, although FfDL's interface description says strings: its command line reads only numbers.
/// </summary>
internal sealed record FfdlMeta(string TrainingId, string UserId, long Time, long Rindex);

internal sealed record FfdlLogLine(FfdlMeta Meta, string Line);

internal sealed record FfdlEMetrics(
    FfdlMeta Meta,
    string Grouplabel,
    IReadOnlyDictionary<string, FfdlValue> Etimes,
    IReadOnlyDictionary<string, FfdlValue> Values
);

internal sealed record FfdlValue(string Type, string Value);

/// <summary>A change of a run; <c>halt</c> is the only one.</summary>
internal sealed record FfdlChange
{
    public string? Status { get; init; }
}
