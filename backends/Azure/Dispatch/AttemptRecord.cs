using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The latest attempt of a run, as its row keeps it. Times are ticks of 100 ns since year 1, UTC.</summary>
internal sealed record AttemptRecord
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Age: a later attempt keeps its run's place.</summary>
    public required long Sequence { get; init; }

    public required AttemptState State { get; init; }

    public string Pool { get; init; } = "";

    public int Gpus { get; init; }

    public int Priority { get; init; }

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
            [nameof(State)] = State.ToString(),
            [nameof(Pool)] = Pool,
            [nameof(Gpus)] = Gpus,
            [nameof(Priority)] = Priority,
            [nameof(Slots)] = Slots,
            [nameof(Renewed)] = Renewed,
            [nameof(CancelRequested)] = CancelRequested,
        };
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
            Gpus = entity.GetInt32(nameof(Gpus))!.Value,
            Priority = entity.GetInt32(nameof(Priority))!.Value,
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
            entity[name] = value;
    }
}
