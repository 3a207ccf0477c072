using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The latest attempt of a run, as its row keeps it. Times are ticks of 100 ns since year 1, UTC.</summary>
internal sealed record AttemptRecord
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The place in the queue; a later attempt keeps the place of its run.</summary>
    public required long Sequence { get; init; }

    /// <summary>The first place that the run had in the queue.</summary>
    public long Age { get; init; }

    public required AttemptState State { get; init; }

    public string Pool { get; init; } = "";

    public RunNeeds Needs { get; init; } = new();

    public string Owner { get; init; } = "";

    public int Priority { get; init; }

    public long? NotBefore { get; init; }

    /// <summary>The nodes that failed the run, as JSON.</summary>
    public string? Avoided { get; init; }

    public long? AvoidUntil { get; init; }

    /// <summary>How many nodes the attempt takes at once.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The leases of the learners that have not ended; empty unless the attempt is leased or lost.</summary>
    public IReadOnlyList<LearnerRecord> Learners { get; init; } = [];

    /// <summary>The learner whose node fell silent, of an attempt that is lost.</summary>
    public int LostLearner { get; init; } = 1;

    public bool CancelRequested { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>The longest time for the command, in ticks; null without limit.</summary>
    public long? MaxDuration { get; init; }

    /// <summary>How long the run will probably hold its node, in ticks; null when unknown.</summary>
    public long? Expected { get; init; }

    /// <summary>When the attempt last saved a checkpoint; null when it has not, or is not preemptible.</summary>
    public long? SavedAt { get; init; }

    public bool IsPreemptible { get; init; }

    /// <summary>How often the run was told to give way.</summary>
    public int Preemptions { get; init; }

    /// <summary>The order to give way that the attempt was told, as JSON.</summary>
    public string? Preemption { get; init; }

    /// <summary>When the run was first queued; null for rows older than this column.</summary>
    public long? QueuedAt { get; init; }

    public long? LeasedAt { get; init; }

    /// <summary>Grows with each change.</summary>
    public long Revision { get; init; }

    /// <summary>The partition of the attempt's rows; not a column of the row.</summary>
    public required string Partition { get; init; }

    /// <summary>The ETag that the row had when it was read; not a column of the row.</summary>
    public ETag Version { get; init; }

    public TableEntity ToEntity() => ToEntity(Partition, DispatchKeys.Attempt(RunId));

    /// <summary>The row with all columns, under the given key.</summary>
    public TableEntity ToEntity(string partition, string row)
    {
        var entity = new TableEntity(partition, row)
        {
            [nameof(Revision)] = Revision,
            [nameof(RunId)] = RunId.ToString(),
            [nameof(Attempt)] = Attempt,
            [nameof(Sequence)] = Sequence,
            [nameof(Age)] = Age,
            [nameof(State)] = State.ToString(),
            [nameof(Pool)] = Pool,
            [nameof(RunNeeds.Gpus)] = Needs.Gpus,
            [nameof(Needs)] = NeedsText.Write(Needs),
            [nameof(Owner)] = Owner,
            [nameof(Priority)] = Priority,
            [nameof(Nodes)] = Nodes,
            [nameof(LostLearner)] = LostLearner,
            [nameof(CancelRequested)] = CancelRequested,
            [nameof(IsPreemptible)] = IsPreemptible,
            [nameof(Preemptions)] = Preemptions,
        };
        LearnerRecord.Write(entity, Learners, Nodes);
        SetUnlessNull(entity, nameof(NotBefore), NotBefore);
        SetUnlessNull(entity, nameof(Avoided), Avoided);
        SetUnlessNull(entity, nameof(AvoidUntil), AvoidUntil);
        SetUnlessNull(entity, nameof(EndedAt), EndedAt);
        SetUnlessNull(entity, nameof(MaxDuration), MaxDuration);
        SetUnlessNull(entity, nameof(Expected), Expected);
        SetUnlessNull(entity, nameof(Preemption), Preemption);
        SetUnlessNull(entity, nameof(QueuedAt), QueuedAt);
        SetUnlessNull(entity, nameof(LeasedAt), LeasedAt);
        SetUnlessNull(entity, nameof(SavedAt), SavedAt);
        return entity;
    }

    public static AttemptRecord Read(TableEntity entity) =>
        new()
        {
            RunId = RunId.Parse(entity.GetString(nameof(RunId))),
            Attempt = entity.GetInt32(nameof(Attempt))!.Value,
            Sequence = entity.GetInt64(nameof(Sequence))!.Value,
            State = Enum.Parse<AttemptState>(entity.GetString(nameof(State))),
            Pool = entity.GetString(nameof(Pool)),
            Needs = NeedsText.Read(entity.GetString(nameof(Needs)), entity.GetInt32(nameof(RunNeeds.Gpus))!.Value),
            // Rows older than these columns lack them.
            Age = entity.GetInt64(nameof(Age)) ?? entity.GetInt64(nameof(Sequence))!.Value,
            Owner = entity.GetString(nameof(Owner)) ?? "",
            Priority = entity.GetInt32(nameof(Priority))!.Value,
            NotBefore = entity.GetInt64(nameof(NotBefore)),
            Avoided = entity.GetString(nameof(Avoided)),
            AvoidUntil = entity.GetInt64(nameof(AvoidUntil)),
            Nodes = entity.GetInt32(nameof(Nodes)) ?? 1,
            LostLearner = entity.GetInt32(nameof(LostLearner)) ?? 1,
            Learners = LearnerRecord.Read(entity),
            CancelRequested = entity.GetBoolean(nameof(CancelRequested))!.Value,
            EndedAt = entity.GetInt64(nameof(EndedAt)),
            MaxDuration = entity.GetInt64(nameof(MaxDuration)),
            Expected = entity.GetInt64(nameof(Expected)),
            IsPreemptible = entity.GetBoolean(nameof(IsPreemptible)) ?? false,
            Preemptions = entity.GetInt32(nameof(Preemptions)) ?? 0,
            Preemption = entity.GetString(nameof(Preemption)),
            QueuedAt = entity.GetInt64(nameof(QueuedAt)),
            LeasedAt = entity.GetInt64(nameof(LeasedAt)),
            SavedAt = entity.GetInt64(nameof(SavedAt)),
            Revision = entity.GetInt64(nameof(Revision)) ?? 0,
            Partition = entity.PartitionKey,
            Version = entity.ETag,
        };

    /// <summary>The attempt in the scheduler's form.</summary>
    public QueuedRun ToQueued(DateTimeOffset now) =>
        new()
        {
            RunId = RunId,
            Attempt = Attempt,
            Owner = Owner,
            Priority = Priority,
            Age = Age,
            QueuedAt = TimeOf(QueuedAt) ?? now,
            Needs = Needs,
            Nodes = Nodes,
            MaxDuration = MaxDuration is { } most ? TimeSpan.FromTicks(most) : null,
            Expected = Expected is { } likely ? TimeSpan.FromTicks(likely) : null,
            NotBefore = TimeOf(NotBefore),
            IsPreemptible = IsPreemptible,
            Preemptions = Preemptions,
            Avoided = ReadAvoided(),
            AvoidUntil = RetryDelays.IsPossible(TimeOf(AvoidUntil), now) ? TimeOf(AvoidUntil) : null,
        };

    /// <summary>The attempt on the nodes that still hold it, in the scheduler's form.</summary>
    public RunningRun ToRunning(DateTimeOffset now) =>
        new()
        {
            Run = ToQueued(now) with { Nodes = Learners.Count },
            Nodes = [.. Learners.Select(learner => learner.Node)],
            StartedAt = TimeOf(LeasedAt) ?? now,
            SavedAt = TimeOf(SavedAt),
            Preemption = PreemptionOrder.Read(Preemption),
        };

    /// <summary>The learner on a node; null when the node has none.</summary>
    public LearnerRecord? LearnerOn(string node) => Learners.FirstOrDefault(learner => learner.Node == node);

    /// <summary>A copy with another state of one learner's lease.</summary>
    public AttemptRecord With(LearnerRecord changed) =>
        this with
        {
            Learners = [.. Learners.Select(each => each.Learner == changed.Learner ? changed : each)],
        };

    /// <summary>A copy after one learner's node fell silent: the attempt counts as lost, and all its tokens are void.</summary>
    public AttemptRecord LostBy(int learner) =>
        this with
        {
            State = AttemptState.Lost,
            LostLearner = learner,
            Learners = [.. Learners.Select(each => each with { TokenHash = null })],
        };

    /// <summary>The node that fell silent, of an attempt that is lost.</summary>
    public LostLease ToLost()
    {
        var lost = Learners.FirstOrDefault(learner => learner.Learner == LostLearner) ?? Learners[0];
        return new LostLease(RunId, Attempt, lost.Node) { Learner = lost.Learner };
    }

    /// <summary>A copy with one more node that failed the run; this record when it lists the node already.</summary>
    public AttemptRecord Avoiding(string node) =>
        ReadAvoided() is var avoided && avoided.Contains(node)
            ? this
            : this with
            {
                Avoided = JsonSerializer.Serialize<string[]>([.. avoided, node]),
            };

    private string[] ReadAvoided() => Avoided is null ? [] : JsonSerializer.Deserialize<string[]>(Avoided) ?? [];

    private static DateTimeOffset? TimeOf(long? ticks) =>
        ticks is { } value ? new DateTimeOffset(value, TimeSpan.Zero) : null;

    private static void SetUnlessNull(TableEntity entity, string name, object? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }
}
