using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The waiting runs and the nodes, from this instance's copy.</summary>
internal sealed class TablePoolLoad(TableClient table, TablePool pool, TimeProvider time) : IPoolLoad
{
    private const string Machines = "machines";

    public async Task<PoolLoad> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await pool.CatchUpAsync(cancellationToken);
        var nodes = await pool.Nodes.OfPoolAsync(name, cancellationToken);
        var leased = pool.LeasedSlots();
        return PoolLoads.Of(
            pool.Dispatcher,
            name,
            nodes.ConvertAll(node => node.ToPoolNode(leased.GetValueOrDefault(node.Name), now)),
            await StartingAsync(name, cancellationToken)
        );
    }

    public Task AnnounceAsync(string name, StartingMachines starting, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(
            new TableEntity(DispatchKeys.PartitionOfPool(name), Machines)
            {
                [nameof(StartingMachines.Count)] = starting.Count,
                [nameof(StartingMachines.At)] = starting.At.UtcTicks,
            },
            TableUpdateMode.Replace,
            cancellationToken
        );

    private async Task<StartingMachines?> StartingAsync(string name, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            DispatchKeys.PartitionOfPool(name),
            Machines,
            cancellationToken: cancellationToken
        );
        return row.HasValue
            ? new StartingMachines(
                row.Value!.GetInt32(nameof(StartingMachines.Count))!.Value,
                new DateTimeOffset(row.Value.GetInt64(nameof(StartingMachines.At))!.Value, TimeSpan.Zero)
            )
            : null;
    }

    // Every new lease also changes the node's row, so a lease given since the row was read shows as a conflict.
    public async Task<bool> RetireAsync(string node, CancellationToken cancellationToken)
    {
        var isRetired = await Conflicts.RetryAsync(() => TryRetireAsync(node, cancellationToken), cancellationToken);
        if (isRetired)
        {
            pool.Dispatcher.Leave(node);
        }
        return isRetired;
    }

    private async Task<bool> TryRetireAsync(string node, CancellationToken cancellationToken)
    {
        var row = await pool.Nodes.FindAsync(node, cancellationToken);
        if (row is null || await pool.HoldsAsync(node, cancellationToken))
        {
            return false;
        }
        if (!row.IsRetired)
        {
            await pool.Nodes.RetireAsync(row, cancellationToken);
        }
        return true;
    }

    public async Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.Kind is not NodeVerdictKind.Worked)
        {
            await Conflicts.RetryAsync(() => AvoidAsync(attempt, cancellationToken), cancellationToken);
        }
        await Conflicts.RetryAsync(() => TryJudgeAsync(attempt, verdict, cancellationToken), cancellationToken);
    }

    private async Task<bool> AvoidAsync(LostLease attempt, CancellationToken cancellationToken)
    {
        if (await pool.Attempts.FindAsync(attempt.RunId, cancellationToken) is not { } before)
        {
            return false;
        }
        var after = before.Avoiding(attempt.Node);
        if (after != before)
        {
            after = await pool.Attempts.ChangeAsync(before, after, cancellationToken);
            await pool.ChangedAsync(after, cancellationToken);
        }
        return true;
    }

    private async Task<bool> TryJudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken)
    {
        if (await pool.Nodes.FindAsync(attempt.Node, cancellationToken) is not { } node)
        {
            return false;
        }
        var before = node.ReadStanding();
        var after = before.After(attempt.RunId, attempt.Attempt, verdict, time.GetUtcNow());
        if (after != before)
        {
            await pool.Nodes.SetStandingAsync(node, after, cancellationToken);
        }
        if (after.SetAsideUntil(time.GetUtcNow()) is not null)
        {
            pool.Dispatcher.Leave(attempt.Node);
        }
        return true;
    }
}
