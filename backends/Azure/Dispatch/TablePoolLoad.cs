using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>What waits and which nodes there are, from the rows of the queue.</summary>
internal sealed class TablePoolLoad(TableClient table, TimeProvider time) : IPoolLoad
{
    private readonly AttemptTable _attempts = new(table);
    private readonly NodeRows _nodes = new(table);

    public async Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // One look each, side by side.
        var reading = _attempts.WaitingAsync(pool, cancellationToken);
        var leasing = _attempts.LeasedSlotsAsync(cancellationToken);
        var knowing = _nodes.OfPoolAsync(pool, _attempts, cancellationToken);
        var starting = StartingAsync(pool, cancellationToken);
        await Task.WhenAll(reading, leasing, knowing, starting);
        var leased = await leasing;
        return new PoolLoad
        {
            Waiting = [.. (await reading).Select(queued => Told(queued, now))],
            Nodes = (await knowing).ConvertAll(node => node.ToPoolNode(leased.GetValueOrDefault(node.Name), now)),
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
                var row = await _nodes.FindAsync(node, cancellationToken);
                if (row is null || await _attempts.HoldsAsync(node, cancellationToken))
                {
                    return false;
                }
                if (!row.IsRetired)
                {
                    await _nodes.RetireAsync(row, cancellationToken);
                }
                return true;
            },
            cancellationToken
        );

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
        if (await _attempts.FindAsync(attempt.RunId, cancellationToken) is not { } before)
        {
            return false;
        }
        var after = PlaceRow.Avoid(before, attempt.Node);
        if (after != before)
        {
            await _attempts.ChangeAsync(before, after, cancellationToken);
        }
        return true;
    }

    private async Task<bool> TryJudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken)
    {
        if (await _nodes.FindAsync(attempt.Node, cancellationToken) is not { } node)
        {
            return false;
        }
        var before = node.ReadStanding();
        var after = before.After(attempt.RunId, attempt.Attempt, verdict, time.GetUtcNow());
        if (after != before)
        {
            await _nodes.SetStandingAsync(node, after, cancellationToken);
        }
        return true;
    }

    private static WaitingRun Told(QueuedAttempt queued, DateTimeOffset now) =>
        new(queued.RunId, queued.Needs) { NotBefore = queued.IsDue(now) ? null : queued.NotBefore };
}
