using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts;

/// <summary>A training run as <c>/v3/models</c> shows it. The shape is the 2018 service's; what is newer is optional.</summary>
public sealed record RunResource
{
    public required ResourceMetadata Metadata { get; init; }

    public required RunEntity Entity { get; init; }
}

/// <summary>Who a resource is and when it changed.</summary>
public sealed record ResourceMetadata
{
    public required string Guid { get; init; }

    /// <summary>Path below the service's address.</summary>
    public required string Url { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What a run is made of and how it stands.</summary>
public sealed record RunEntity
{
    public required ModelDefinitionResource ModelDefinition { get; init; }

    public required StoreResource TrainingDataReference { get; init; }

    public required StoreResource TrainingResultsReference { get; init; }

    public required RunStatusResource Status { get; init; }

    /// <summary>The experiment that the run is a part of; left out when it is none's.</summary>
    public RunExperimentResource? Experiment { get; init; }

    /// <summary>The manifest's labels; left out when it has none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The pool that the manifest names; null where it names none.</summary>
    public string? Pool { get; init; }

    /// <summary>Labels that a node must have; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Requires { get; init; }

    /// <summary>Sentences on what the manifest asks for and the run does not get; left out when there are none.</summary>
    public IReadOnlyList<string>? Notices { get; init; }
}

/// <summary>The model as the manifest defines it.</summary>
public sealed record ModelDefinitionResource
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public AuthorResource? Author { get; init; }

    public required FrameworkResource Framework { get; init; }

    public required ExecutionResource Execution { get; init; }
}

public sealed record AuthorResource(string? Name, string? Email);

/// <param name="Version">As the manifest has it, with a suffix such as <c>-py3</c>.</param>
/// <param name="Runtimes">The Python of the run; left out where the framework uses none.</param>
public sealed record FrameworkResource(string Name, string Version, IReadOnlyList<RuntimeResource>? Runtimes = null);

public sealed record RuntimeResource(string Name, string Version);

public sealed record ExecutionResource
{
    public required string Command { get; init; }

    public required ComputeResource ComputeConfiguration { get; init; }
}

public sealed record ComputeResource
{
    public string? Name { get; init; }

    public required int Gpus { get; init; }

    public required double Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public required long Memory { get; init; }

    public required int Nodes { get; init; }
}

/// <summary>A data store without its credentials.</summary>
public sealed record StoreResource
{
    public string? Name { get; init; }

    public required string Type { get; init; }

    public required StoreLocation Location { get; init; }

    /// <summary>Where clients of 2018 read an ended run's log: the service itself, by keys that open nothing else.</summary>
    public StoreConnectionResource? Connection { get; init; }
}

public sealed record StoreConnectionResource(string EndpointUrl, string AccessKeyId, string SecretAccessKey);

public sealed record StoreLocation
{
    public required string Bucket { get; init; }

    /// <summary>The folder of the run in the results bucket.</summary>
    public string? ModelLocation { get; init; }
}

/// <summary>How a run stands.</summary>
public sealed record RunStatusResource
{
    public required RunState State { get; init; }

    /// <summary>Upper case, as <c>monitor</c> prints it.</summary>
    public required string Phase { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? RunningAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The service's clock.</summary>
    public required DateTimeOffset CurrentAt { get; init; }

    /// <summary><c>training id: exit code or reason</c>.</summary>
    public required string Message { get; init; }

    public ReasonResource? Reason { get; init; }

    public QueueResource? Queue { get; init; }

    public int Attempt { get; init; }

    public string? Node { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>The digest of the container image that the command ran in; left out without one.</summary>
    public string? ImageDigest { get; init; }

    public required IReadOnlyList<PhaseResource> History { get; init; }

    public ResultsResource? Results { get; init; }

    /// <summary>True where results were left that the bucket did not take, and that can be stored once more.</summary>
    public bool? CanStoreResults { get; init; }

    public UsageResource? Usage { get; init; }

    /// <summary>How far the last attempt's command says it is; left out while it says nothing.</summary>
    public ProgressResource? Progress { get; init; }

    /// <summary>The last metrics of the run; empty in lists of runs, and while there are none.</summary>
    public IReadOnlyList<MetricResource> Metrics { get; init; } = [];

    /// <summary>Why a failed run failed and what to try; only where one run is asked for.</summary>
    public FailureResource? Failure { get; init; }
}

/// <summary>How far a command says it is; what it does not say is left out.</summary>
public sealed record ProgressResource
{
    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    /// <summary>As it was at <see cref="UpdatedAt"/>.</summary>
    public double? SecondsLeft { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One metric, as clients of 2018 read it; <see cref="Phase"/> is its group.</summary>
public sealed record MetricResource
{
    public DateTimeOffset? Timestamp { get; init; }

    public required long Iteration { get; init; }

    public required string Phase { get; init; }

    /// <summary>Those that are numbers.</summary>
    public required IReadOnlyList<MetricValueResource> Values { get; init; }
}

public sealed record MetricValueResource(string Name, double Value);

public sealed record ReasonResource(string Code, string Message, Fault Fault);

public sealed record QueueResource
{
    /// <summary>The pool it waits in; null for the service's own.</summary>
    public string? Pool { get; init; }

    /// <summary>Waiting runs that would go first, if nothing came and all were alike.</summary>
    public required int Ahead { get; init; }

    /// <summary>
    /// What holds it back: <c>turn</c>, <c>not_due</c>, <c>owner_gpus</c>, <c>owner_runs</c>, <c>pool_gpus</c>,
    /// <c>pool_runs</c>, <c>reserved</c> (nodes are kept for it), <c>reserved_for_others</c> (what is free is kept for a large
    /// run), <c>no_node_fits</c>.
    /// </summary>
    public string? Hold { get; init; }

    /// <summary>The limit that holds it back; null for none.</summary>
    public int? Limit { get; init; }

    /// <summary>When it begins; null when nobody knows.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Whether it begins then at the latest, on nodes that are kept for it; else it may be sooner or later.</summary>
    public bool? StartIsPromised { get; init; }

    /// <summary>
    /// What the start was found by: <c>promise</c>, <c>max_duration</c> of what runs, <c>history</c> of like runs where what runs
    /// has none, <c>retry_delay</c>; null when nobody knows it.
    /// </summary>
    public string? StartBasis { get; init; }

    /// <summary>How its owner stands; null where nobody knows.</summary>
    public ShareResource? Share { get; init; }

    public required int NeededGpus { get; init; }

    public required int FreeSlots { get; init; }
}

/// <summary>An owner's use of the pool.</summary>
/// <param name="UsedGpuHours">Lately: what is older counts half after each half-life.</param>
/// <param name="Part">Of what all used lately, 0 to 1.</param>
/// <param name="Due">The owner's part of the weights, 0 to 1.</param>
public sealed record ShareResource(double UsedGpuHours, double Part, double Due);

public sealed record PhaseResource(string Phase, DateTimeOffset At, string? Reason);

public sealed record ResultsResource(int Files, long Bytes);

public sealed record UsageResource(double GpuSeconds, double CommandSeconds)
{
    /// <summary>The most memory that the command's processes held at once, of all attempts; null where no node counted it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of the command's processes, of all attempts together; null where no node counted it.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The most that was seen of each, of all attempts; null where no node sampled it.</summary>
    public MachinePeaks? Peaks { get; init; }
}

/// <summary>A page of runs, newest first; <see cref="Next"/> is the path of the next page.</summary>
public sealed record RunListResource
{
    public required IReadOnlyList<RunResource> Resources { get; init; }

    public string? Next { get; init; }
}

/// <summary>A change by JSON Patch (RFC 6902); only <c>replace /status/state canceled</c> is known.</summary>
public sealed record JsonPatchOperation
{
    public required string Op { get; init; }

    public required string Path { get; init; }

    [JsonRequired]
    public string? Value { get; init; }
}

/// <summary>The answer to storing a run's model in the repository.</summary>
public sealed record StoredModelResource
{
    public required ResourceMetadata Metadata { get; init; }

    public required StoredModelEntity Entity { get; init; }
}

public sealed record StoredModelEntity
{
    public required string MlAssetGuid { get; init; }

    /// <summary>Its address, with scheme and host; a service of before does not say it.</summary>
    public string? MlAssetUrl { get; init; }

    public required string Name { get; init; }

    /// <summary><c>framework-version</c>.</summary>
    public required string ModelType { get; init; }

    public required string TrainingRunId { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The one version that there is.</summary>
    public ModelVersionResource? ModelVersion { get; init; }
}

/// <summary>A version of a stored model and where its files are, as a tar.gz.</summary>
public sealed record ModelVersionResource
{
    public required string Guid { get; init; }

    public required string Url { get; init; }

    public required string ContentUrl { get; init; }

    public required ContentStatusResource ContentStatus { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <param name="State"><c>persisted</c>, <c>persisting</c> while it is being copied, or <c>no_content</c> where nothing was sent yet.</param>
public sealed record ContentStatusResource(string State);

public sealed record StoredModelListResource
{
    public required IReadOnlyList<StoredModelResource> Resources { get; init; }
}

/// <summary>What a client may say when storing a model.</summary>
public sealed record StoreModelRequest
{
    /// <summary>Default: <c>RUN-ID model saved from CLI</c>.</summary>
    public string? Name { get; init; }
}

/// <summary>A new API key. The only time its text is shown.</summary>
public sealed record ApiKeyResource
{
    public required string Owner { get; init; }

    public required string Key { get; init; }

    /// <summary>What the key is listed and taken away by.</summary>
    public string? Id { get; init; }

    /// <summary>Left out when it does not end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

public sealed record CreateKeyRequest
{
    public required string Owner { get; init; }

    /// <summary>How long it is to open, as <c>90d</c> or <c>12h</c>; left out: without an end.</summary>
    public string? ExpiresIn { get; init; }
}

/// <summary>A key as it is listed: never its text.</summary>
public sealed record ListedKeyResource
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required bool IsOperator { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it is the key that asks.</summary>
    public bool IsOwn { get; init; }
}

public sealed record KeyListResource
{
    public required IReadOnlyList<ListedKeyResource> Resources { get; init; }
}
