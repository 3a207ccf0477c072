using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts;

/// <summary>
/// A training run as <c>/v3/models</c> shows it. The format is the 2018 service's; newer fields are optional.
/// </summary>
public sealed record RunResource
{
    public required ResourceMetadata Metadata { get; init; }

    public required RunEntity Entity { get; init; }
}

/// <summary>The identity of a resource and the times of its changes.</summary>
public sealed record ResourceMetadata
{
    public required string Guid { get; init; }

    /// <summary>Path below the service's address.</summary>
    public required string Url { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>A run's definition and status.</summary>
public sealed record RunEntity
{
    public required ModelDefinitionResource ModelDefinition { get; init; }

    public required StoreResource TrainingDataReference { get; init; }

    public required StoreResource TrainingResultsReference { get; init; }

    public required RunStatusResource Status { get; init; }

    /// <summary>The experiment that the run belongs to; left out without one.</summary>
    public RunExperimentResource? Experiment { get; init; }

    /// <summary>The array that the run is or belongs to; left out without one.</summary>
    public RunArrayResource? Array { get; init; }

    /// <summary>The manifest's labels; left out when it has none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The pool that the manifest names; null where it names none.</summary>
    public string? Pool { get; init; }

    /// <summary>Labels that a node must have; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Requires { get; init; }

    /// <summary>
    /// Sentences about requests in the manifest that the run does not get; left out when there are none.
    /// </summary>
    public IReadOnlyList<string>? Notices { get; init; }
}

/// <summary>A data store without its credentials.</summary>
public sealed record StoreResource
{
    public string? Name { get; init; }

    public required string Type { get; init; }

    public required StoreLocation Location { get; init; }

    /// <summary>
    /// The address where clients of 2018 read an ended run's log: the service itself, with keys that open nothing
    /// else.
    /// </summary>
    public StoreConnectionResource? Connection { get; init; }
}

public sealed record StoreConnectionResource(string EndpointUrl, string AccessKeyId, string SecretAccessKey);

public sealed record StoreLocation
{
    public required string Bucket { get; init; }

    /// <summary>The folder of the run in the results bucket.</summary>
    public string? ModelLocation { get; init; }
}

/// <summary>The status of a run.</summary>
public sealed record RunStatusResource
{
    public required RunState State { get; init; }

    /// <summary>Upper case, as <c>monitor</c> prints it.</summary>
    public required string Phase { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? RunningAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The service's current time.</summary>
    public required DateTimeOffset CurrentAt { get; init; }

    /// <summary><c>training id: exit code or reason</c>.</summary>
    public required string Message { get; init; }

    public ReasonResource? Reason { get; init; }

    public QueueResource? Queue { get; init; }

    public int Attempt { get; init; }

    /// <summary>
    /// How often the run gave way to another; left out for a run that is not preemptible. Those attempts count against
    /// no limit of its retries.
    /// </summary>
    public int? Preemptions { get; init; }

    public string? Node { get; init; }

    /// <summary>How many learners the run has; left out for one.</summary>
    public int? Learners { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>The digest of the container image that the command ran in; left out without one.</summary>
    public string? ImageDigest { get; init; }

    public required IReadOnlyList<PhaseResource> History { get; init; }

    public ResultsResource? Results { get; init; }

    /// <summary>True if the bucket refused some results and storing them can be retried.</summary>
    public bool? CanStoreResults { get; init; }

    /// <summary>
    /// When the service deleted its copy of the model, because its disk ran short; left out while it has it.
    /// </summary>
    public DateTimeOffset? ModelReleasedAt { get; init; }

    public UsageResource? Usage { get; init; }

    /// <summary>The progress that the last attempt's command reports; left out while it reports none.</summary>
    public ProgressResource? Progress { get; init; }

    /// <summary>The last metrics of the run; empty in lists of runs, and while there are none.</summary>
    public IReadOnlyList<MetricResource> Metrics { get; init; } = [];

    /// <summary>Why a run failed and what to try; only in answers about a single run.</summary>
    public FailureResource? Failure { get; init; }
}

/// <summary>One metric, as clients of 2018 read it; <see cref="Phase"/> is its group.</summary>
public sealed record MetricResource
{
    public DateTimeOffset? Timestamp { get; init; }

    public required long Iteration { get; init; }

    public required string Phase { get; init; }

    /// <summary>The values that are numbers.</summary>
    public required IReadOnlyList<MetricValueResource> Values { get; init; }
}

public sealed record MetricValueResource(string Name, double Value);

public sealed record ReasonResource(string Code, string Message, Fault Fault);

public sealed record QueueResource
{
    /// <summary>The pool that the run waits in; null for the service's own.</summary>
    public string? Pool { get; init; }

    /// <summary>
    /// The number of waiting runs that would start earlier if no run arrived and all runs had equal needs.
    /// </summary>
    public required int Ahead { get; init; }

    /// <summary>
    /// Why the run waits: <c>turn</c>, <c>not_due</c>, <c>owner_gpus</c>, <c>owner_runs</c>, <c>pool_gpus</c>,
    /// <c>pool_runs</c>, <c>reserved</c> (nodes are kept for it), <c>preempting</c> (and runs there give way to it),
    /// <c>reserved_for_others</c> (what is free is kept for a large run), <c>no_node_fits</c>, <c>too_few_nodes</c> (fewer
    /// fit than it takes at once).
    /// </summary>
    public string? Hold { get; init; }

    /// <summary>The limit that makes the run wait; null for none.</summary>
    public int? Limit { get; init; }

    /// <summary>The expected start; null when unknown.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>
    /// Whether the run starts by then at the latest, on reserved nodes; otherwise it may start sooner or later.
    /// </summary>
    public bool? StartIsPromised { get; init; }

    /// <summary>
    /// The basis of the expected start: <c>promise</c>, <c>max_duration</c> of running runs, <c>history</c> of similar
    /// runs (if a running run has no maximum), <c>retry_delay</c>; null when the start is unknown.
    /// </summary>
    public string? StartBasis { get; init; }

    /// <summary>The owner's use of the pool; null when unknown.</summary>
    public ShareResource? Share { get; init; }

    /// <summary>GPUs that it needs on each of its nodes.</summary>
    public required int NeededGpus { get; init; }

    /// <summary>Disk space in bytes that it needs on each of its nodes; null when it asks for none.</summary>
    public long? NeededDiskBytes { get; init; }

    /// <summary>Nodes that it takes at once; null for one.</summary>
    public int? NeededNodes { get; init; }

    /// <summary>Nodes with room for it now, of those that it takes at once; null when it takes one.</summary>
    public int? FreeNodes { get; init; }

    public required int FreeSlots { get; init; }
}

/// <summary>An owner's use of the pool.</summary>
/// <param name="UsedGpuHours">Recent GPU hours; older use counts half after each half-life.</param>
/// <param name="Part">The owner's part of all recent use, 0 to 1.</param>
/// <param name="Due">The owner's part of all weights, 0 to 1.</param>
public sealed record ShareResource(double UsedGpuHours, double Part, double Due);

public sealed record PhaseResource(string Phase, DateTimeOffset At, string? Reason);

public sealed record ResultsResource(int Files, long Bytes);

public sealed record UsageResource(double GpuSeconds, double CommandSeconds)
{
    /// <summary>The most memory that the command's processes held at once, of all attempts; null where no node counted it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of the command's processes, of all attempts together; null where no node counted it.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The peak of each measurement over all attempts; null if no node sampled any.</summary>
    public MachinePeaks? Peaks { get; init; }
}

/// <summary>A page of runs, newest first; <see cref="Next"/> is the path of the next page.</summary>
public sealed record RunListResource
{
    public required IReadOnlyList<RunResource> Resources { get; init; }

    public string? Next { get; init; }
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

    /// <summary>The model's address, with scheme and host; older services leave it out.</summary>
    public string? MlAssetUrl { get; init; }

    public required string Name { get; init; }

    /// <summary><c>framework-version</c>.</summary>
    public required string ModelType { get; init; }

    public required string TrainingRunId { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The only version of the model.</summary>
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

/// <summary>The optional settings for storing a model.</summary>
public sealed record StoreModelRequest
{
    /// <summary>Default: <c>RUN-ID model saved from CLI</c>.</summary>
    public string? Name { get; init; }
}
