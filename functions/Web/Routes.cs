namespace Trainyard.Functions.Web;

/// <summary>
/// The route templates. Azure's host registers functions in the order of their names and takes the first match, so a
/// function with a fixed path needs a name before that of one whose placeholder matches too.
/// </summary>
internal static class Routes
{
    // Azure's host takes an empty template for a missing one; this one matches the address without a path.
    public const string Page = "{nothing:maxlength(0)?}";
    public const string PageFiles = "web";
    public const string PageFile = PageFiles + "/{file}";
    public const string Health = "health";
    public const string Metrics = "metrics";
    public const string Runs = "v3/models";
    public const string Run = "v3/models/{runId}";
    public const string Results = "v3/models/{runId}/results";
    public const string Files = "v3/models/{runId}/files";
    public const string FileAddress = "v3/models/{runId}/files/address";
    public const string Frameworks = "v3/models/frameworks";
    public const string StoredModels = "v3/ml_assets/models";
    public const string StoredModel = "v3/ml_assets/models/{modelId}";
    public const string Token = "v3/identity/token";
    public const string OldToken = "v2/identity/token";
    public const string Instance = "v3/wml_instances/{instanceId}";
    public const string Definitions = "v3/ml_assets/training_definitions";
    public const string Definition = "v3/ml_assets/training_definitions/{definitionId}";
    public const string Experiments = "v3/experiments";
    public const string Experiment = "v3/experiments/{experimentId}";
    public const string ExperimentRuns = "v3/experiments/{experimentId}/runs";
    public const string ExperimentRun = "v3/experiments/{experimentId}/runs/{experimentRunId}";
    public const string Queue = "v3/queue";
    public const string Keys = "v3/keys";
    public const string Nodes = "v3/nodes";
    public const string Node = "v3/nodes/{nodeName}";
    public const string NodeDrain = "v3/nodes/{nodeName}/drain";
    public const string Key = "v3/keys/{keyId}";
    public const string Secrets = "v3/secrets";
    public const string Secret = "v3/secrets/{secretName}";

    /// <summary>FfDL's interface.</summary>
    public const string Ffdl = "v1";
    public const string FfdlModels = "v1/models";
    public const string FfdlModel = "v1/models/{runId}";
    public const string FfdlLogs = "v1/logs/{runId}";

    /// <summary>The log files of runs as S3 objects.</summary>
    public const string LogBuckets = "s3";
    public const string LogObject = "s3/{bucket}/{*key}";

    /// <summary>A stored file, for the holder of its short-lived address.</summary>
    public const string Downloads = "downloads";

    public const string Leases = "agents/v1/leases";
    public const string Attempt = "agents/v1/runs/{runId}/attempts/{attempt:int}";
}
