using System.Text.Json.Serialization;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>A run's id; with <see cref="Location"/> when the run is new.</summary>
internal sealed record FfdlBasicModel(string ModelId, string? Location = null);

/// <summary>FfDL's wrapper of lists; its key is <c>models</c> for every type of item.</summary>
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

    /// <summary>FfDL's command line fails without it.</summary>
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

    /// <summary>Empty while the run goes on.</summary>
    public required string Completed { get; init; }

    public string? StatusMessage { get; init; }

    public string? ErrorCode { get; init; }
}

/// <summary>A data store without its credentials, which FfDL gave out.</summary>
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
/// The times and indexes are numbers although FfDL's API description says strings: its command line reads only numbers.
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

/// <summary>A change: <c>halt</c> is the only one.</summary>
internal sealed record FfdlChange
{
    public string? Status { get; init; }
}
