using System.Text.Json.Serialization;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Runs;

/// <summary>The record of a training run. Holds no secret.</summary>
public sealed record TrainingRun
{
    /// <summary>The run's id.</summary>
    public required RunId Id { get; init; }

    /// <summary>The owner; no other user sees the run.</summary>
    public required Owner Owner { get; init; }

    /// <summary>The canonical manifest, without credentials.</summary>
    public required TrainingManifest Manifest { get; init; }

    /// <summary>The model archive as it was accepted.</summary>
    public required ArchiveInfo Archive { get; init; }

    /// <summary>The stored training definition that the code came from; null where the code was sent with the manifest.</summary>
    public Guid? DefinitionId { get; init; }

    /// <summary>
    /// Sentences on what the manifest asks for and the run does not get: a forecast at first, the facts once a node
    /// has the run. Null in older records.
    /// </summary>
    public IReadOnlyList<string>? Notices { get; init; }

    /// <summary>Identifies the submission that became the run; null in older records.</summary>
    public string? Nonce { get; init; }

    /// <summary>The key of the run's archive and secrets.</summary>
    [JsonIgnore]
    public SubmissionKey Submission => new(Id, Nonce);

    /// <summary>The key of the archive that the run uses: that of its array, which all elements share.</summary>
    [JsonIgnore]
    public SubmissionKey ArchiveKey => Element is { } element ? new(element.ArrayId, Nonce) : Submission;

    /// <summary>Every phase of the run, oldest first; the last entry is the current one.</summary>
    public required IReadOnlyList<PhaseEntry> History { get; init; }

    /// <summary>The attempt under way or the last one, from 1; 0 before the run was first enqueued.</summary>
    public int Attempt { get; init; }

    /// <summary>How many nodes an attempt has, each with a learner of its own.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>The learner that decided how a run with several ended; null before, and with one.</summary>
    public int? DecidingLearner { get; init; }

    /// <summary>The node that runs or ran the last attempt, or its first learner.</summary>
    public string? Node { get; init; }

    /// <summary>The learners that are ready to start; null for a run on one node, and before any is ready.</summary>
    public AttemptMeeting? Meeting { get; init; }

    /// <summary>The exit code of the last attempt's command; null when it has not ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The digest of the container image that the last attempt's command ran in; null without one.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The progress that the last attempt's command reports; null while it reports nothing.</summary>
    public TrainingProgress? Progress { get; init; }

    /// <summary>The time when the owner asked for a cancel.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>
    /// The time when the owner deleted the run before it ended: it is hidden since, and purged when it ends.
    /// </summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The part of an experiment that it is; null for a run by itself.</summary>
    public RunTrial? Trial { get; init; }

    /// <summary>The element of an array that it is; null for a run by itself.</summary>
    public ArrayElement? Element { get; init; }

    /// <summary>
    /// Of an array: the last known phase of each of its runs, by index; null for one that has not begun. Null for a
    /// single run, and for an array of which no run has begun.
    /// </summary>
    public IReadOnlyList<RunPhase?>? ElementPhases { get; init; }

    /// <summary>Whether the record is an array of runs, and no run itself.</summary>
    [JsonIgnore]
    public bool IsArray => Manifest.Array is not null;

    /// <summary>The W3C traceparent of the submission: all work for the run joins its trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The results that were verified in the results bucket.</summary>
    public StoredResults? Results { get; init; }

    /// <summary>
    /// The time when the service deleted its copy of the completed run's model, because its disk ran short; null while
    /// it is kept.
    /// </summary>
    public DateTimeOffset? ModelReleasedAt { get; init; }

    /// <summary>The results that could not be stored and still can be; null when there are none.</summary>
    public UnstoredResults? Unstored { get; init; }

    /// <summary>The usage of each attempt; a repeated report replaces an attempt's entry.</summary>
    public IReadOnlyDictionary<int, RunUsage> UsageByAttempt { get; init; } = new Dictionary<int, RunUsage>();

    /// <summary>The usage of the run, summed over its attempts and their learners.</summary>
    [JsonIgnore]
    public RunUsage Usage =>
        RunUsage.Sum([.. UsageByAttempt.Values.SelectMany(u => u.WithOthers)]) with
        {
            // The learners' commands run at one time.
            CommandSeconds = UsageByAttempt.Values.Sum(u => u.WithOthers.Max(one => one.CommandSeconds)),
        };

    /// <summary>The run with what a learner used in an attempt; a repeated report replaces the one before.</summary>
    public TrainingRun WithUsage(int attempt, int learner, RunUsage usage)
    {
        var before = UsageByAttempt.GetValueOrDefault(attempt) ?? new RunUsage();
        var now =
            learner == 1
                ? usage with
                {
                    OtherLearners = before.OtherLearners,
                }
                : before with
                {
                    OtherLearners = new Dictionary<int, RunUsage>(before.OtherLearners ?? []) { [learner] = usage },
                };
        return this with { UsageByAttempt = new Dictionary<int, RunUsage>(UsageByAttempt) { [attempt] = now } };
    }

    /// <summary>The phase the run is in.</summary>
    [JsonIgnore]
    public RunPhase Phase => History[^1].Phase;

    /// <summary>The reason for the current phase.</summary>
    [JsonIgnore]
    public RunReason? Reason => History[^1].Reason;

    /// <summary>How often it gave way to another run.</summary>
    [JsonIgnore]
    public int Preemptions =>
        History.Count(entry => entry is { Phase: RunPhase.Queued, Reason.Code: RunReason.PreemptedCode });

    /// <summary>When it was accepted.</summary>
    [JsonIgnore]
    public DateTimeOffset SubmittedAt => History[0].At;

    /// <summary>The time of the last phase change.</summary>
    [JsonIgnore]
    public DateTimeOffset ModifiedAt => History[^1].At;

    /// <summary>When it first left the queue.</summary>
    [JsonIgnore]
    public DateTimeOffset? RunningAt => History.FirstOrDefault(e => e.Phase is not RunPhase.Queued)?.At;

    /// <summary>When it reached its terminal phase.</summary>
    [JsonIgnore]
    public DateTimeOffset? FinishedAt => Phase.IsTerminal() ? History[^1].At : null;

    /// <summary>When an ended run is purged: after its own retention, or else the given one.</summary>
    public DateTimeOffset? PurgeAt(TimeSpan retention) => FinishedAt + (Manifest.Retention ?? retention);

    /// <summary>The run after its owner deleted it: canceled, hidden, and without retention.</summary>
    public TrainingRun Deleted(DateTimeOffset at) =>
        this with
        {
            DeletedAt = DeletedAt ?? at,
            CancelRequestedAt = CancelRequestedAt ?? at,
            Manifest = Manifest with { Retention = TimeSpan.Zero },
        };

    /// <summary>The run in the same phase with another reason.</summary>
    public TrainingRun Because(RunReason? reason) =>
        Reason == reason
            ? this
            : this with
            {
                History = [.. History.SkipLast(1), History[^1] with { Reason = reason }],
            };

    /// <summary>The ended run, active again to store its results once more, into this store.</summary>
    public TrainingRun ReopenForStoring(DataStoreReference results, DateTimeOffset at)
    {
        if (!PhaseTransitions.CanStoreAgain(Phase))
        {
            throw new PhaseTransitionException(Phase, RunPhase.Storing);
        }

        return this with
        {
            Manifest = Manifest with { TrainingResults = results },
            CancelRequestedAt = null,
            History = [.. History, new PhaseEntry { Phase = RunPhase.Storing, At = at }],
        };
    }

    /// <summary>
    /// The run in its next phase. Throws <see cref="PhaseTransitionException"/> where the table forbids it.
    /// </summary>
    public TrainingRun MoveTo(RunPhase phase, RunReason? reason, DateTimeOffset at)
    {
        if (!PhaseTransitions.IsAllowed(Phase, phase))
        {
            throw new PhaseTransitionException(Phase, phase);
        }
        return this with
        {
            History =
            [
                .. History,
                new PhaseEntry
                {
                    Phase = phase,
                    At = at,
                    Reason = reason,
                },
            ],
        };
    }
}

/// <summary>A phase of a run, with its start and reason.</summary>
public sealed record PhaseEntry
{
    public required RunPhase Phase { get; init; }

    /// <summary>
    /// When the phase was entered, UTC, in whole milliseconds as in the stored form, so that a record that is read
    /// back has the same times and the same place in its store.
    /// </summary>
    public required DateTimeOffset At
    {
        get;
        init => field = value.AddTicks(-(value.Ticks % TimeSpan.TicksPerMillisecond));
    }

    public RunReason? Reason { get; init; }
}

/// <summary>A model archive: its size in bytes and its SHA-256 in lower-case hex.</summary>
public sealed record ArchiveInfo
{
    public required long Bytes { get; init; }

    public required string Sha256 { get; init; }
}

/// <summary>The stored results, as the bucket reports them.</summary>
public sealed record StoredResults
{
    public required string Bucket { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }
}

/// <summary>Results of an attempt that the results bucket did not take, and how the run ends once it does.</summary>
public sealed record UnstoredResults
{
    public required int Attempt { get; init; }

    public required RunPhase Phase { get; init; }

    public required RunReason Reason { get; init; }
}

/// <summary>The resources that an attempt, or a run as a whole, used.</summary>
public sealed record RunUsage
{
    /// <summary>GPUs times the seconds for which a node held them.</summary>
    public double GpuSeconds { get; init; }

    /// <summary>Seconds the command ran.</summary>
    public double CommandSeconds { get; init; }

    /// <summary>The peak memory of the command's processes together; null when no node measured it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of the command's processes; null when no node measured it.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The highest sampled values; null when no node sampled them.</summary>
    public MachinePeaks? Peaks { get; init; }

    /// <summary>In an attempt with several learners: the usage of those after the first, by their number.</summary>
    public Dictionary<int, RunUsage>? OtherLearners { get; init; }

    /// <summary>The usage of each learner of an attempt.</summary>
    [JsonIgnore]
    public IEnumerable<RunUsage> WithOthers => OtherLearners is { } others ? [this, .. others.Values] : [this];

    /// <summary>The usage of all together: peaks are the highest of any, everything else is added.</summary>
    public static RunUsage Sum(IReadOnlyCollection<RunUsage> usages) =>
        new()
        {
            GpuSeconds = usages.Sum(u => u.GpuSeconds),
            CommandSeconds = usages.Sum(u => u.CommandSeconds),
            PeakMemoryBytes = usages.Max(u => u.PeakMemoryBytes),
            CpuSeconds = usages.Any(u => u.CpuSeconds is not null) ? usages.Sum(u => u.CpuSeconds) : null,
            Peaks = usages.Select(u => u.Peaks).OfType<MachinePeaks>().ToList() is { Count: > 0 } peaks
                ? peaks.Aggregate((one, other) => one.Max(other))
                : null,
        };
}
