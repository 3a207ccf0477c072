using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The latest attempt of a run, as its row keeps it. Times are ticks of 100 ns since year 1, UTC.</summary>
internal sealed record AttemptRecord
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The place in the queue: a later attempt keeps its run's.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the place was at first.</summary>
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

    public string? Node { get; init; }

    public int Slots { get; init; }

    /// <summary>SHA-256.</summary>
    public byte[]? TokenHash { get; init; }

    public long? ExpiresAt { get; init; }

    public bool Renewed { get; init; }

    public bool CancelRequested { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>The version it was read with; not a part of the row.</summary>
    public ETag Version { get; init; }

    public DateTimeOffset Expiry => new(ExpiresAt!.Value, TimeSpan.Zero);

    public TableEntity ToEntity()
    {
        var entity = new TableEntity(DispatchKeys.Partition, DispatchKeys.Attempt(RunId))
        {
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
            [nameof(Slots)] = Slots,
            [nameof(Renewed)] = Renewed,
            [nameof(CancelRequested)] = CancelRequested,
        };
        SetUnlessNull(entity, nameof(NotBefore), NotBefore);
        SetUnlessNull(entity, nameof(Avoided), Avoided);
        SetUnlessNull(entity, nameof(AvoidUntil), AvoidUntil);
        SetUnlessNull(entity, nameof(Node), Node);
        SetUnlessNull(entity, nameof(TokenHash), TokenHash);
        SetUnlessNull(entity, nameof(ExpiresAt), ExpiresAt);
        SetUnlessNull(entity, nameof(EndedAt), EndedAt);
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
            // Attempts of before there were these columns.
            Age = entity.GetInt64(nameof(Age)) ?? entity.GetInt64(nameof(Sequence))!.Value,
            Owner = entity.GetString(nameof(Owner)) ?? "",
            Priority = entity.GetInt32(nameof(Priority))!.Value,
            NotBefore = entity.GetInt64(nameof(NotBefore)),
            Avoided = entity.GetString(nameof(Avoided)),
            AvoidUntil = entity.GetInt64(nameof(AvoidUntil)),
            Node = entity.GetString(nameof(Node)),
            Slots = entity.GetInt32(nameof(Slots))!.Value,
            TokenHash = entity.GetBinary(nameof(TokenHash)),
            ExpiresAt = entity.GetInt64(nameof(ExpiresAt)),
            Renewed = entity.GetBoolean(nameof(Renewed))!.Value,
            CancelRequested = entity.GetBoolean(nameof(CancelRequested))!.Value,
            EndedAt = entity.GetInt64(nameof(EndedAt)),
            Version = entity.ETag,
        };

    private static void SetUnlessNull(TableEntity entity, string name, object? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }
}
