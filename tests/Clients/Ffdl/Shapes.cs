using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Clients.Ffdl;

// The fields that the command line reads: each must be there, and of this kind.

internal sealed record ModelList(IReadOnlyList<ModelShape> Models);

internal sealed record ModelShape(
    string ModelId,
    string Name,
    FrameworkShape Framework,
    TrainingShape Training,
    IReadOnlyList<DataStoreShape> DataStores,
    IReadOnlyList<MetricShape> Metrics
)
{
    public string? Description { get; init; }
}

internal sealed record FrameworkShape(string Name, string Version);

internal sealed record TrainingShape(
    string Command,
    double Cpus,
    double Gpus,
    double Memory,
    string MemoryUnit,
    int Learners,
    IReadOnlyList<string> InputData,
    IReadOnlyList<string> OutputData,
    StatusShape TrainingStatus
);

internal sealed record StatusShape(string Status, string StatusDescription, string Submitted, string Completed);

internal sealed record DataStoreShape(string DataStoreId, string Type, Dictionary<string, string> Connection);

internal sealed record MetricShape(
    string Type,
    string Timestamp,
    int Iteration,
    [property: JsonPropertyName("Values")] Dictionary<string, JsonElement> Values
);

internal sealed record Id(string ModelId);

internal sealed record ErrorShape(int Code, string Error, string Description);

internal sealed record Page<T>(IReadOnlyList<T> Models);

internal sealed record MetaShape(string TrainingId, string UserId, long Time, long Rindex);

internal sealed record LogLineShape(MetaShape Meta, string Line);

internal sealed record EMetricsShape(
    MetaShape Meta,
    string Grouplabel,
    Dictionary<string, AnyShape> Etimes,
    Dictionary<string, AnyShape> Values
);

internal sealed record AnyShape(string Type, string Value);
