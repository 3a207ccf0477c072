using Azure.Data.Tables;
using Trainyard.Backends.Tables;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Dispatch;

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
        var leased = await attempts.LeasedSlotsAsync(cancellationToken);
        var known = await nodes.OfPoolAsync(pool, attempts, cancellationToken);
        return new PoolLoad
        {
            Waiting = await waiting.ToListAsync(cancellationToken),
            Nodes = known.ConvertAll(node => NodeOf(node, leased.GetValueOrDefault(node.Name))),
        };
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
