using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Model;

/// <summary>
/// A training run as its manifest describes it, whichever dialect the manifest was written in.
/// Holds no credentials (those are in <see cref="RunSecrets"/>), so it may be stored and shown.
/// </summary>
public sealed record TrainingManifest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public ManifestAuthor? Author { get; init; }

    public required FrameworkReference Framework { get; init; }

    /// <summary>The shell command, as written; <c>${DATA_DIR}</c> and the like are left for the shell.</summary>
    public required string Command { get; init; }

    public required ComputeRequest Compute { get; init; }

    public required DataStoreReference TrainingData { get; init; }

    public required DataStoreReference TrainingResults { get; init; }

    /// <summary>How long the command may run, or null for the service's own limit.</summary>
    public TimeSpan? MaxDuration { get; init; }

    public RetryLimits Retries { get; init; } = RetryLimits.Default;

    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>Whether it may be stopped for a run that goes before it, to go on later.</summary>
    public bool Preemptible { get; init; }

    /// <summary>The pool it waits in, or null for the service's own.</summary>
    public string? Pool { get; init; }

    /// <summary>Labels that a node must have.</summary>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = new SortedDictionary<string, string>();

    public CheckpointOptions? Checkpoint { get; init; }

    public NotifyOptions? Notify { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new SortedDictionary<string, string>();

    /// <summary>Environment variables for the command, besides those the service sets.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>();

    /// <summary>The array of runs that is asked for; null for a single run.</summary>
    public RunArray? Array { get; init; }

    /// <summary>Whether the packages that the archive names are installed before the command.</summary>
    public bool InstallDependencies { get; init; }

    /// <summary>How long the ended run stays listed, or null for the service's own period.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How metrics are found in the run's output; only FfDL manifests say so.</summary>
    public EvaluationMetrics? EvaluationMetrics { get; init; }

    public ManifestDialect Dialect { get; init; }
}

public sealed record ManifestAuthor(string? Name, string? Email);

/// <param name="Name">The framework's name in the catalogue.</param>
/// <param name="Version">Its version's text, never read as a number: <c>1.10</c> stays <c>1.10</c>.</param>
/// <param name="Python">The Python version, or null where the framework does not use Python.</param>
/// <param name="Image">The container image, or null where the catalogue names none.</param>
/// <param name="Asked">The version as the manifest has it, such as <c>1.5.0-py3</c>; null where it is the same.</param>
public sealed record FrameworkReference(
    string Name,
    string Version,
    string? Python = null,
    string? Image = null,
    string? Asked = null
)
{
    /// <summary>The name of a secret kept by the service that holds the login to the image's registry.</summary>
    public string? SecretName { get; init; }

    /// <summary>The image is the framework: nothing else is known about it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsCustom => Name == FrameworkCatalog.CustomName;
}

/// <summary>Where the data is or where the results go. The credentials are in <see cref="RunSecrets"/>.</summary>
public sealed record DataStoreReference
{
    /// <summary>The user's name for the store; not used to find anything.</summary>
    public string? Name { get; init; }

    public required DataStoreType Type { get; init; }

    /// <summary>How a run accesses the data.</summary>
    public DataMode Mode { get; init; }

    /// <summary>Bucket, container, or (type <c>file</c>) a folder below the service's configured root.</summary>
    public required string Bucket { get; init; }

    /// <summary>The folder of the bucket that is meant, with a slash at its end; null for all of it.</summary>
    public string? Prefix { get; init; }

    /// <summary>Patterns of what is data, by the names below the prefix; empty for all of it.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of names to exclude.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The store's http(s) address; for Swift the Keystone address. Null for <c>file</c>.</summary>
    public Uri? Endpoint { get; init; }

    public string? Region { get; init; }

    /// <summary>Additional certificate authorities for the store, in PEM.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>
    /// Whether the owner of the credentials pays for the requests, as a bucket of type <c>s3</c> may demand.
    /// </summary>
    public bool RequesterPays { get; init; }

    /// <summary>The name of a secret kept by the service that holds this connection's credentials.</summary>
    public string? SecretName { get; init; }
}

[System.Text.Json.Serialization.JsonConverter(
    typeof(System.Text.Json.Serialization.JsonStringEnumConverter<DataStoreType>)
)]
public enum DataStoreType
{
    S3,
    Swift,
    AzureBlob,
    File,
}

/// <summary>Webhook called when the run changes state.</summary>
public sealed record NotifyOptions
{
    public required Uri Url { get; init; }

    /// <summary>The states to report; never stored empty (the default is every final state).</summary>
    public required IReadOnlyList<string> On { get; init; }

    /// <summary>Authorities that vouch for the receiver's certificate beside those of the machine, in PEM.</summary>
    public string? CaCertificate { get; init; }
}

/// <summary>Where the program keeps checkpoints, so that another attempt can continue from them.</summary>
public sealed record CheckpointOptions
{
    /// <summary>A folder relative to <c>RESULT_DIR</c>.</summary>
    public required string Path { get; init; }

    /// <summary>How often the folder is copied away while the program runs.</summary>
    public required TimeSpan Interval { get; init; }
}
