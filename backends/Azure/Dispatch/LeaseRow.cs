using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>What a lease's row tells without a look at its attempt.</summary>
internal sealed record LeaseRow(
    RunId RunId,
    int Attempt,
    string Pool,
    string Node,
    int Slots,
    long ExpiresAt,
    bool IsLost
)
{
    public static TableEntity Write(AttemptRecord record) =>
        new(DispatchKeys.Partition, DispatchKeys.Lease(record))
        {
            [nameof(RunId)] = record.RunId.ToString(),
            [nameof(Attempt)] = record.Attempt,
            [nameof(Pool)] = record.Pool,
            [nameof(Node)] = record.Node,
            [nameof(Slots)] = record.Slots,
            [nameof(ExpiresAt)] = record.ExpiresAt,
            [nameof(IsLost)] = record.State is AttemptState.Lost,
        };

    public static LeaseRow Read(TableEntity entity) =>
        new(
            RunId.Parse(entity.GetString(nameof(RunId))),
            entity.GetInt32(nameof(Attempt))!.Value,
            entity.GetString(nameof(Pool)),
            entity.GetString(nameof(Node)),
            entity.GetInt32(nameof(Slots))!.Value,
            entity.GetInt64(nameof(ExpiresAt))!.Value,
            entity.GetBoolean(nameof(IsLost))!.Value
        );
}
