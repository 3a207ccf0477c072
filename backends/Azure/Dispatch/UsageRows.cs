using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The usage of pools by owners: one row per pool and owner, in partitions by owner.</summary>
internal sealed class UsageRows(TableClient table, SchedulingOptions options)
{
    private const string Pool = nameof(Pool);
    private const string Owner = nameof(Owner);
    private const string GpuSeconds = nameof(GpuSeconds);
    private const string At = nameof(At);

    public async Task<List<(string Pool, string Owner, double GpuSeconds, DateTimeOffset At)>> AllAsync(
        CancellationToken cancellationToken
    )
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {DispatchKeys.UsagePartitions} and PartitionKey lt {RowKeys.EndOf(DispatchKeys.UsagePartitions)}"
        );
        var all = new List<(string, string, double, DateTimeOffset)>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            var at = new DateTimeOffset(row.GetInt64(At)!.Value, TimeSpan.Zero);
            all.Add((row.GetString(Pool), row.GetString(Owner), row.GetDouble(GpuSeconds)!.Value, at));
        }
        return all;
    }

    /// <summary>Adds the usage of an attempt on some of its nodes, which ends now.</summary>
    public Task AddAsync(AttemptRecord ended, int nodes, DateTimeOffset now, CancellationToken cancellationToken) =>
        ended.LeasedAt is { } from
            ? Conflicts.RetryAsync(
                () => TryAddAsync(ended, nodes, from, now.UtcTicks, cancellationToken),
                cancellationToken
            )
            : Task.CompletedTask;

    private async Task<bool> TryAddAsync(
        AttemptRecord ended,
        int nodes,
        long from,
        long now,
        CancellationToken cancellationToken
    )
    {
        var rate = options.RateOf(ended.Needs.Gpus) * nodes;
        var partition = DispatchKeys.PartitionOfUsage(ended.Owner);
        var key = $"{RowKeys.Encode(ended.Pool)}:{RowKeys.Encode(ended.Owner)}";
        var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
        var kept = row.HasValue
            ? UsageDecay.Later(
                row.Value!.GetDouble(GpuSeconds)!.Value,
                row.Value.GetInt64(At)!.Value,
                now,
                options.HalfLife
            )
            : 0;
        var entity = new TableEntity(partition, key)
        {
            [Pool] = ended.Pool,
            [Owner] = ended.Owner,
            [GpuSeconds] = kept + UsageDecay.Of(rate, from, now, options.HalfLife),
            [At] = now,
        };
        try
        {
            await (
                row.HasValue
                    ? table.UpdateEntityAsync(entity, row.Value!.ETag, TableUpdateMode.Replace, cancellationToken)
                    : table.AddEntityAsync(entity, cancellationToken)
            );
            return true;
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }
}
