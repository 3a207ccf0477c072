using System.Text.Json.Serialization;
using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Agents;

/// <summary>
/// The routes between agents and the service, below the service's address. Bodies are JSON as
/// <see cref="Contracts.WireJson"/> writes it. <see cref="Leases"/> takes the pool key as bearer; all others take
/// the lease token as bearer and answer 410 (code <c>lease_lost</c>) when the caller has lost the lease.
/// </summary>
public static class AgentRoutes
{
    /// <summary>POST <see cref="LeaseRequest"/>: long poll; 200 <see cref="NodeTask"/>, or 204 when no run came.</summary>
    public const string Leases = "agents/v1/leases";

    /// <summary>The folder of an attempt's routes.</summary>
    public static string Attempt(RunId id, int attempt) => $"agents/v1/runs/{id}/attempts/{attempt}";

    /// <summary>
    /// POST <see cref="RendezvousRequest"/>: 200 <see cref="RendezvousAnswer"/> once all learners of the attempt are
    /// ready, or 204 when they are not yet: ask again.
    /// </summary>
    public const string Rendezvous = "rendezvous";

    /// <summary>POST (empty body): renews the lease; 200 <see cref="HeartbeatAnswer"/>.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>GET: the model archive, zip.</summary>
    public const string Archive = "archive";

    /// <summary>GET <c>?cursor=</c>: 200 <see cref="DataPage"/>.</summary>
    public const string Data = "data";

    /// <summary>GET <c>?key=</c>, with Range: one object of the data bucket, for stores that have no expiring addresses.</summary>
    public const string DataContent = "data/content";

    /// <summary>POST <see cref="PhaseReport"/>: 204.</summary>
    public const string Phase = "phase";

    /// <summary>POST <c>?offset=</c>, text: appends to the log; 200 <see cref="AppendAnswer"/> (also when not written).</summary>
    public const string Log = "log";

    /// <summary>POST <c>?offset=</c>, JSON lines: appends to the metrics; 200 <see cref="AppendAnswer"/>.</summary>
    public const string Metrics = "metrics";

    /// <summary>POST <c>?offset=</c>, JSON lines: appends to the node's own measurements; 200 <see cref="AppendAnswer"/>.</summary>
    public const string System = "system";

    /// <summary>
    /// POST <c>?offset=</c>: appends to the log's timestamps; 200 <see cref="AppendAnswer"/>. Each line is an offset
    /// in the log and Unix milliseconds.
    /// </summary>
    public const string LogTimes = "log-times";

    /// <summary>
    /// POST (empty body): 200 <see cref="AppendTarget"/>, or 204 if the service must relay the log's timestamps.
    /// </summary>
    public const string LogTimesAddress = "log-times/address";

    /// <summary>POST <see cref="ProgressReport"/>: 204.</summary>
    public const string Progress = "progress";

    /// <summary>POST (empty body): 200 <see cref="AppendTarget"/>, or 204 if the service must relay the log.</summary>
    public const string LogAddress = "log/address";

    /// <summary>
    /// POST (empty body): 200 <see cref="AppendTarget"/>, or 204 if the service must relay the metrics.
    /// </summary>
    public const string MetricsAddress = "metrics/address";

    /// <summary>
    /// POST (empty body): 200 <see cref="AppendTarget"/>, or 204 if the service must relay the measurements.
    /// </summary>
    public const string SystemAddress = "system/address";

    /// <summary>POST <see cref="UploadRequest"/>: 200 <see cref="UploadTarget"/>.</summary>
    public const string Uploads = "uploads";

    /// <summary>PUT <c>?path=</c> with header <c>X-Content-Sha256</c>: stages one file; 204.</summary>
    public const string Staging = "staging";

    /// <summary>
    /// PUT, body as <see cref="FileGroup"/> says: stages several small files; 204. On a refusal, stage each by itself: any of them may
    /// be staged.
    /// </summary>
    public const string StagingGroup = "staging/group";

    /// <summary>
    /// POST <see cref="BucketUploadRequest"/>: 200 <see cref="BucketUploadTarget"/>, or 204 when the file must be
    /// staged like any other.
    /// </summary>
    public const string BucketUploads = "bucket/uploads";

    /// <summary>
    /// POST <see cref="BucketUploadCommit"/>: 204, or 409 (code <c>upload_unknown</c>) when the service knows no such
    /// upload: stage the file.
    /// </summary>
    public const string BucketCommits = "bucket/commits";

    /// <summary>
    /// GET: 200 <see cref="SavedCheckpoint"/>, or 204 when none was committed. POST <see cref="CheckpointCommit"/>: 204, or
    /// 409 (code <c>checkpoint_incomplete</c>) when the service lacks the content of a file: send it again.
    /// </summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>POST <see cref="UploadRequest"/>, its path the content's SHA-256: 200 <see cref="UploadTarget"/>.</summary>
    public const string CheckpointUploads = "checkpoint/uploads";

    /// <summary>PUT <c>?sha256=</c>: keeps one content, 204. GET: that content.</summary>
    public const string CheckpointContent = "checkpoint/content";

    /// <summary>POST <see cref="CompletionReport"/>: 204. Repeatable; the lease ends with it.</summary>
    public const string Completion = "completion";

    /// <summary>Header with the lower-case hex SHA-256 of a staged file.</summary>
    public const string Sha256Header = "X-Content-Sha256";
}

/// <summary>A node asks for work.</summary>
public sealed record LeaseRequest
{
    public required NodeOffer Offer { get; init; }

    /// <summary>Longest wait in seconds, 0 to 60.</summary>
    public required double WaitSeconds { get; init; }
}

/// <summary>The whole input of an attempt; the agent learns nothing else about the run.</summary>
public sealed record NodeTask
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The number of the learner that this node is, from 1.</summary>
    public int Learner { get; init; } = 1;

    /// <summary>How many learners the attempt has, each on a node of its own, 1 to 64.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>The bearer token of the lease, valid only for this run, attempt and learner.</summary>
    public required string LeaseToken { get; init; }

    /// <summary>The lease ends this many seconds after the last heartbeat.</summary>
    public required double LeaseSeconds { get; init; }

    public required double HeartbeatSeconds { get; init; }

    /// <summary>The shell command, run in MODEL_DIR.</summary>
    public required string Command { get; init; }

    /// <summary>SHA-256 of the model archive, lower-case hex.</summary>
    public required string ArchiveSha256 { get; init; }

    /// <summary>Name of the data bucket: the last part of DATA_DIR.</summary>
    public required string DataBucket { get; init; }

    /// <summary>Certificate authorities (PEM) to trust for the data store, in addition to the node's own.</summary>
    public string? DataAuthorities { get; init; }

    /// <summary>Whether the data stays in its bucket and the command gets a list of addresses instead.</summary>
    public bool StreamsData { get; init; }

    /// <summary>Name of the results bucket: the last part of RESULT_DIR.</summary>
    public required string ResultsBucket { get; init; }

    /// <summary>
    /// The most bytes that the path of a result may have, so that no key is longer than a store takes; 0 from an older
    /// service: as many as there is room for without a folder of the bucket.
    /// </summary>
    public int LongestResultPath { get; init; }

    /// <summary>GPUs asked for: GPU_COUNT.</summary>
    public required int Gpus { get; init; }

    /// <summary>Slots of the node this run takes.</summary>
    public required int Slots { get; init; }

    /// <summary>The most memory that its processes may hold together; null for as much as the node has.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The most disk space that all its files may take together; null for no limit of its own.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>The most processors that its processes may keep busy together; null for all of the node's.</summary>
    public double? Cpus { get; init; }

    /// <summary>Whether the node has less than the run asked for; the run then gets its share of the node.</summary>
    public bool StandsIn { get; init; }

    /// <summary>Sentences to print at the beginning of the log, about requests that the run does not get.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Longest time for the command in seconds; null without limit.</summary>
    public double? MaxDurationSeconds { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL.</summary>
    public required double GraceSeconds { get; init; }

    /// <summary>Where this attempt's log begins: bytes that earlier attempts wrote.</summary>
    public required long LogOffset { get; init; }

    /// <summary>Where this attempt's metrics begin.</summary>
    public required long MetricsOffset { get; init; }

    /// <summary>Where this attempt's log timestamps begin.</summary>
    public long LogTimesOffset { get; init; }

    /// <summary>Where this attempt's measurements of the node begin.</summary>
    public long SystemOffset { get; init; }

    /// <summary>
    /// The source of metrics besides <c>evaluation-metrics.txt</c>; null when the manifest names none.
    /// </summary>
    public NodeMetrics? Metrics { get; init; }

    /// <summary>The folder that is saved while the command runs; null when the manifest asks for none.</summary>
    public NodeCheckpoint? Checkpoint { get; init; }

    /// <summary>The container image that the command runs in; null for the node itself.</summary>
    public NodeImage? Image { get; init; }

    /// <summary>
    /// Whether to first install the dependencies in <c>requirements.txt</c>, <c>pyproject.toml</c> or <c>uv.lock</c>.
    /// </summary>
    public bool InstallDependencies { get; init; }

    /// <summary>
    /// An opaque key shared by all runs of one owner, and by no others: names what these runs may share.
    /// </summary>
    public string OwnerKey { get; init; } = "";

    /// <summary>Environment variables from the manifest, in addition to the service's.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>SUBID: the number of the run in its search, from 0; null without a search.</summary>
    public string? SubId { get; init; }

    /// <summary>The content of config.json: the hyperparameters that the search chose; null without a search.</summary>
    public string? Configuration { get; init; }

    /// <summary>W3C traceparent of the submit, so that the agent's spans join its trace.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A container image and the login for its registry.</summary>
public sealed record NodeImage
{
    /// <summary>As in the manifest: <c>registry/path:tag</c> or <c>…@sha256:…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Null where the registry asks for no login.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    public override string ToString() => Name;
}

/// <summary>The state of a lease after a heartbeat.</summary>
public sealed record HeartbeatAnswer
{
    public required bool CancelRequested { get; init; }

    /// <summary>
    /// Whether the attempt has to give way to another run: it is stopped with its grace time, saves its checkpoint,
    /// and ends as <see cref="AttemptOutcome.Preempted"/>.
    /// </summary>
    public bool PreemptRequested { get; init; }
}

/// <summary>A phase that an agent reports.</summary>
public sealed record PhaseReport
{
    /// <summary>Downloading or Processing.</summary>
    public required RunPhase Phase { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why the output of an ended command does not arrive; null when all goes well.</summary>
    public string? Waits { get; init; }

    /// <summary>The progress of the download, as a sentence; null when there is none to report.</summary>
    public string? Progress { get; init; }
}

/// <summary>A file to stage; the path is relative to the run's folder in the results bucket.</summary>
public sealed record UploadRequest
{
    /// <summary>The largest size of a file: 10 TiB.</summary>
    public const long MostBytes = 10L << 40;

    public required string Path { get; init; }

    /// <summary>0 to <see cref="MostBytes"/>.</summary>
    public required long Bytes { get; init; }
}

/// <summary>
/// The address and the headers for the PUT of a file. A relative address is below the service's and needs the lease
/// token. With <see cref="Parts"/>, each part is PUT at its own address first, and then <see cref="Commit"/> instead
/// of the content.
/// </summary>
public sealed record UploadTarget
{
    public required string Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The parts of the content, in order; empty when one PUT takes the whole content.</summary>
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>The body of the PUT that joins the parts.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Where further small files may be staged several at once; null where each must be asked for.</summary>
    public string? GroupUrl { get; init; }
}

/// <summary>A part of a large file and the address for its PUT, which takes no headers.</summary>
public sealed record UploadPart(string Url, long Bytes);

/// <summary>The agent's final report, sent after the log is drained and the results are staged.</summary>
public sealed record CompletionReport
{
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The command's exit code; 128 + n for signal n; null when it never ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>One sentence for anything but success; never contains a secret.</summary>
    public string Message { get; init; } = "";

    /// <summary>
    /// For a failed download, the code of the store's failure behind it, such as <c>store_denied</c>; null where there
    /// is none, and from an older agent.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>A sentence on why some output of the command did not arrive; null when all of it arrived.</summary>
    public string? Undelivered { get; init; }

    /// <summary>When the lease was taken.</summary>
    public required DateTimeOffset LeasedAt { get; init; }

    /// <summary>When the command started, null when it never did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The GPUs, or slices of one, that the attempt held; null from an older agent.</summary>
    public int? Gpus { get; init; }

    /// <summary>Seconds the command ran.</summary>
    public double CommandSeconds { get; init; }

    /// <summary>The most memory that all its processes held at once; null where the node does not count it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of all its processes together; null where the node does not count it.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The peak of each measurement; null when nothing was sampled.</summary>
    public MachinePeaks? Peaks { get; init; }

    /// <summary>The digest of the container image that the command ran in; null without one.</summary>
    public string? ImageDigest { get; init; }

    public required int StagedFiles { get; init; }

    public required long StagedBytes { get; init; }

    /// <summary>
    /// Whether the agent exports the attempt's span; if not, the service does, provided that it exports spans.
    /// </summary>
    public bool IsTraced { get; init; }
}
