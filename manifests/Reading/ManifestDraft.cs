using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Reading;

/// <summary>The manifest while rules fill it in. Complete when no rule reported an error.</summary>
internal sealed class ManifestDraft
{
    public string? Name { get; set; }
    public string? Description { get; set; }
    public ManifestAuthor? Author { get; set; }
    public FrameworkReference? Framework { get; set; }
    public SecretPlace? RegistrySecret { get; set; }
    public string? Command { get; set; }
    public ComputeRequest? Compute { get; set; }
    public DraftStore? Data { get; set; }
    public DraftStore? Results { get; set; }
    public TimeSpan? MaxDuration { get; set; }
    public RetryLimits Retries { get; set; } = RetryLimits.Default;
    public RunPriority Priority { get; set; } = RunPriority.Normal;
    public bool Preemptible { get; set; }
    public string? Pool { get; set; }
    public SortedDictionary<string, string> Requires { get; set; } = new(StringComparer.Ordinal);
    public CheckpointOptions? Checkpoint { get; set; }
    public NotifyOptions? Notify { get; set; }
    public Secret? NotifySecret { get; set; }
    public SortedDictionary<string, string> Labels { get; set; } = [];
    public SortedDictionary<string, string> Env { get; set; } = [];
    public RunArray? Array { get; set; }
    public bool InstallDependencies { get; set; }
    public TimeSpan? Retention { get; set; }
    public EvaluationMetrics? EvaluationMetrics { get; set; }

    public TrainingManifest ToManifest(ManifestDialect dialect) =>
        new()
        {
            Name = Name!,
            Description = Description,
            Author = Author,
            Framework = Framework!,
            Command = Command!,
            Compute = Compute!,
            TrainingData = Data!.Reference,
            TrainingResults = Results!.Reference,
            MaxDuration = MaxDuration,
            Retries = Retries,
            Priority = Priority,
            Preemptible = Preemptible,
            Pool = Pool,
            Requires = Requires,
            Checkpoint = Checkpoint,
            Notify = Notify,
            Labels = Labels,
            Env = Env,
            Array = Array,
            InstallDependencies = InstallDependencies,
            Retention = Retention,
            EvaluationMetrics = EvaluationMetrics,
            Dialect = dialect,
        };

    public RunSecrets ToSecrets() =>
        new()
        {
            Data = Data!.Credentials,
            Results = Results!.Credentials,
            NotifySecret = NotifySecret,
        };
}

internal sealed record DraftStore(
    DataStoreReference Reference,
    StoreCredentials Credentials,
    string BucketPath,
    Mark BucketMark
)
{
    public SecretPlace? Secret { get; init; }
}
