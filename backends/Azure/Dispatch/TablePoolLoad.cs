using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>What waits and which nodes there are, from the rows of the queue.</summary>
internal sealed class TablePoolLoad(TableClient table) : IPoolLoad
{
    private static readonly string[] RunAndGpus = [nameof(AttemptRecord.RunId), nameof(AttemptRecord.Gpus)];

    private readonly AttemptTable attempts = new(table);
    private readonly NodeRows nodes = new(table);

    public async Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken)
    {
        var waiting = attempts
            .Rows(DispatchKeys.Queue(pool), cancellationToken, columns: RunAndGpus)
            .Select(row => new WaitingRun(
                RunId.Parse(row.GetString(nameof(AttemptRecord.RunId))),
                row.GetInt32(nameof(AttemptRecord.Gpus))!.Value
            ));
        // One look each, side by side.
        var reading = waiting.ToListAsync(cancellationToken).AsTask();
        var leasing = attempts.LeasedSlotsAsync(cancellationToken);
        var knowing = nodes.OfPoolAsync(pool, attempts, cancellationToken);
        var starting = StartingAsync(pool, cancellationToken);
        await Task.WhenAll(reading, leasing, knowing, starting);
        var leased = await leasing;
        return new PoolLoad
        {
            Waiting = await reading,
            Nodes = (await knowing).ConvertAll(node => NodeOf(node, leased.GetValueOrDefault(node.Name))),
            Starting = await starting,
        };
    }

    public Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(
            new TableEntity(DispatchKeys.Partition, DispatchKeys.Pool(pool))
            {
                [nameof(StartingMachines.Count)] = starting.Count,
                [nameof(StartingMachines.At)] = starting.At.UtcTicks,
            },
            TableUpdateMode.Replace,
            cancellationToken
        );

    private async Task<StartingMachines?> StartingAsync(string pool, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            DispatchKeys.Partition,
            DispatchKeys.Pool(pool),
            cancellationToken: cancellationToken
        );
        return row.HasValue
            ? new StartingMachines(
                row.Value!.GetInt32(nameof(StartingMachines.Count))!.Value,
                new DateTimeOffset(row.Value.GetInt64(nameof(StartingMachines.At))!.Value, TimeSpan.Zero)
            )
            : null;
    }

    // A lease is given only together with a change of the node's row: one that came since the row was read is a conflict.
    public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(
            async () =>
            {
                var row = await nodes.FindAsync(node, cancellationToken);
                if (row is null || await attempts.HoldsAsync(node, cancellationToken))
                    return false;
                if (!row.IsRetired)
                    await nodes.RetireAsync(row, cancellationToken);
                return true;
            },
            cancellationToken
        );

    private static PoolNode NodeOf(NodeRow row, int leasedSlots) =>
        new()
        {
            Name = row.Name,
            Gpus = row.Gpus,
            Slots = row.Slots,
            LeasedSlots = leasedSlots,
            SeenAt = new DateTimeOffset(row.SeenAt, TimeSpan.Zero),
            IdleSince = new DateTimeOffset(row.BusyAt, TimeSpan.Zero),
            IsRetired = row.IsRetired,
        };
}
