using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The attempts. Beside an attempt's own row stands, by its state, the row by which it is found: its place in the queue, its
/// lease, or its end. They change in one transaction, which fails when the attempt is not as it was read.
/// </summary>
internal sealed class AttemptTable(TableClient table)
{
    private const string Next = nameof(Next);

    public async Task<AttemptRecord?> FindAsync(RunId id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            DispatchKeys.Partition,
            DispatchKeys.Attempt(id),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? AttemptRecord.Read(row.Value!) : null;
    }

    /// <summary>Rows whose key starts with a prefix, in the order of their keys, that the condition lets through.</summary>
    public AsyncPageable<TableEntity> Rows(
        string prefix,
        CancellationToken cancellationToken,
        string? condition = null,
        int? maxPerPage = null,
        string[]? columns = null
    ) => Between(prefix, RowKeys.EndOf(prefix), cancellationToken, condition, maxPerPage, columns);

    /// <summary>Rows from a key up to another, which is not one of them.</summary>
    public AsyncPageable<TableEntity> Between(
        string from,
        string to,
        CancellationToken cancellationToken,
        string? condition = null,
        int? maxPerPage = null,
        string[]? columns = null
    )
    {
        var range = TableClient.CreateQueryFilter(
            $"PartitionKey eq {DispatchKeys.Partition} and RowKey ge {from} and RowKey lt {to}"
        );
        var filter = condition is null ? range : $"{range} and {condition}";
        return table.QueryAsync<TableEntity>(filter, maxPerPage, columns, cancellationToken);
    }

    /// <summary>What waits in a pool, in the order of the queue.</summary>
    public async Task<IReadOnlyList<QueuedAttempt>> WaitingAsync(string pool, CancellationToken cancellationToken)
    {
        var waiting = new List<QueuedAttempt>();
        await foreach (var row in Rows(DispatchKeys.Queue(pool), cancellationToken))
        {
            waiting.Add(PlaceRow.Read(row));
        }
        return QueueOrder.Of(waiting);
    }

    /// <summary>Slots that are leased, by node: also by leases that have run out and are not taken as lost yet.</summary>
    public async Task<Dictionary<string, int>> LeasedSlotsAsync(CancellationToken cancellationToken)
    {
        var slots = new Dictionary<string, int>();
        await foreach (var row in Rows(DispatchKeys.Leases, cancellationToken))
        {
            var lease = LeaseRow.Read(row);
            if (!lease.IsLost)
            {
                slots[lease.Node] = slots.GetValueOrDefault(lease.Node) + lease.Slots;
            }
        }
        return slots;
    }

    /// <summary>Whether a node holds a lease that is not taken as lost.</summary>
    public async Task<bool> HoldsAsync(string node, CancellationToken cancellationToken)
    {
        await foreach (var row in Rows(DispatchKeys.LeasesOf(node), cancellationToken))
        {
            if (!LeaseRow.Read(row).IsLost)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Adds the first attempt of a run, with the next place in age. Throws <see cref="ConflictException"/>.</summary>
    public async Task AddAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var counter = await table.GetEntityIfExistsAsync<TableEntity>(
            DispatchKeys.Partition,
            DispatchKeys.Counter,
            cancellationToken: cancellationToken
        );
        var sequence = counter.HasValue ? counter.Value!.GetInt64(Next)!.Value : 1;
        var after = new TableEntity(DispatchKeys.Partition, DispatchKeys.Counter) { [Next] = sequence + 1 };
        var count = counter.HasValue
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, after, counter.Value!.ETag)
            : new TableTransactionAction(TableTransactionActionType.Add, after);
        record = record with { Sequence = sequence, Age = sequence };
        var add = new TableTransactionAction(TableTransactionActionType.Add, record.ToEntity());
        await SubmitAsync([count, add, .. Finding(record).Select(Put)], cancellationToken);
    }

    /// <summary>Changes an attempt that is as it was read. Throws <see cref="ConflictException"/>.</summary>
    public Task ChangeAsync(AttemptRecord before, AttemptRecord after, CancellationToken cancellationToken) =>
        ChangeAsync([(before, after)], cancellationToken);

    /// <summary>
    /// Changes attempts that are as they were read, and with them what else is given. Throws <see cref="ConflictException"/>.
    /// </summary>
    public Task ChangeAsync(
        IReadOnlyList<(AttemptRecord Before, AttemptRecord After)> changes,
        CancellationToken cancellationToken,
        params ReadOnlySpan<TableTransactionAction> besides
    )
    {
        var rows = changes.SelectMany(change => Finding(change.After)).ToList();
        var gone = changes
            .SelectMany(change => Finding(change.Before))
            .Where(old => !rows.Exists(row => row.RowKey == old.RowKey));
        var replaced = changes.Select(change => new TableTransactionAction(
            TableTransactionActionType.UpdateReplace,
            change.After.ToEntity(),
            change.Before.Version
        ));
        return SubmitAsync([.. replaced, .. gone.Select(Delete), .. rows.Select(Put), .. besides], cancellationToken);
    }

    /// <summary>Forgets an attempt that is as it was read. Throws <see cref="ConflictException"/>.</summary>
    public Task ForgetAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var row = new TableTransactionAction(
            TableTransactionActionType.Delete,
            new TableEntity(DispatchKeys.Partition, DispatchKeys.Attempt(record.RunId)),
            record.Version
        );
        return SubmitAsync([row, .. Finding(record).Select(Delete)], cancellationToken);
    }

    private static IEnumerable<TableEntity> Finding(AttemptRecord record)
    {
        if (record.State is AttemptState.Queued)
        {
            yield return PlaceRow.Write(record);
        }
        if (record.State is AttemptState.Leased or AttemptState.Lost)
        {
            yield return LeaseRow.Write(record);
        }
        if (record.EndedAt is not null)
        {
            yield return new TableEntity(DispatchKeys.Partition, DispatchKeys.End(record))
            {
                [nameof(AttemptRecord.RunId)] = record.RunId.ToString(),
            };
        }
    }

    private static TableTransactionAction Put(TableEntity entity) =>
        new(TableTransactionActionType.UpsertReplace, entity);

    private static TableTransactionAction Delete(TableEntity entity) =>
        new(TableTransactionActionType.Delete, entity, ETag.All);

    private async Task SubmitAsync(List<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }
}
