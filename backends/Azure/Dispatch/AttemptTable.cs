using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The attempts. Each has its own row and, depending on its state, an index row: a copy that lists it as waiting or
/// leased, or a row that lists its end. Both change in one transaction, which fails if the attempt changed since it
/// was read.
/// </summary>
internal sealed class AttemptTable(TableClient table, TimeProvider time)
{
    private long _lastSequence;

    /// <summary>Looks in the run's own partition, then in the single partition that older versions used.</summary>
    public async Task<AttemptRecord?> FindAsync(RunId id, CancellationToken cancellationToken) =>
        await FindAsync(DispatchKeys.PartitionOf(id), id, cancellationToken)
        ?? await FindAsync(DispatchKeys.OldPartition, id, cancellationToken);

    /// <summary>Rows of a partition whose key starts with a prefix, in the order of their keys.</summary>
    public AsyncPageable<TableEntity> Rows(string partition, string prefix, CancellationToken cancellationToken) =>
        Between(partition, prefix, RowKeys.EndOf(prefix), cancellationToken);

    /// <summary>Rows from one key (inclusive) to another (exclusive).</summary>
    public AsyncPageable<TableEntity> Between(
        string partition,
        string from,
        string to,
        CancellationToken cancellationToken
    ) =>
        table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from} and RowKey lt {to}"),
            cancellationToken: cancellationToken
        );

    /// <summary>All attempts that are waiting, leased or lost; a process reads them at its start.</summary>
    public async Task<List<AttemptRecord>> LiveAsync(CancellationToken cancellationToken)
    {
        var readings = DispatchKeys.AttemptPartitions.SelectMany(partition =>
            new[] { DispatchKeys.Queued, DispatchKeys.Leases }.Select(prefix =>
                ReadAsync(partition, prefix, cancellationToken)
            )
        );
        return [.. (await Task.WhenAll(readings)).SelectMany(read => read)];
    }

    /// <summary>Adds the first attempt of a run. Throws <see cref="ConflictException"/>.</summary>
    public async Task<AttemptRecord> AddAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var now = NextSequence();
        record = record with { Sequence = now, Age = now, Revision = now };
        var add = new TableTransactionAction(TableTransactionActionType.Add, record.ToEntity());
        await SubmitAsync([add, .. Finding(record).Select(Put)], cancellationToken);
        return record;
    }

    /// <summary>Changes an attempt. Throws <see cref="ConflictException"/> if it changed since it was read.</summary>
    public async Task<AttemptRecord> ChangeAsync(
        AttemptRecord before,
        AttemptRecord after,
        CancellationToken cancellationToken
    )
    {
        after = after with { Revision = Math.Max(before.Revision + 1, time.GetUtcNow().UtcTicks) };
        var rows = Finding(after).ToList();
        var gone = Finding(before).Where(old => !rows.Exists(row => row.RowKey == old.RowKey));
        var replaced = new TableTransactionAction(
            TableTransactionActionType.UpdateReplace,
            after.ToEntity(),
            before.Version
        );
        var versions = await SubmitAsync([replaced, .. gone.Select(Delete), .. rows.Select(Put)], cancellationToken);
        return after with { Version = versions };
    }

    /// <summary>Deletes an attempt. Throws <see cref="ConflictException"/> if it changed since it was read.</summary>
    public Task ForgetAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var row = new TableTransactionAction(
            TableTransactionActionType.Delete,
            new TableEntity(record.Partition, DispatchKeys.Attempt(record.RunId)),
            record.Version
        );
        return SubmitAsync([row, .. Finding(record).Select(Delete)], cancellationToken);
    }

    // Takes the place from the clock, so no counter row is needed. Entries of one instance keep their order even
    // within a tick.
    private long NextSequence()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastSequence);
            var next = Math.Max(time.GetUtcNow().UtcTicks, last + 1);
            if (Interlocked.CompareExchange(ref _lastSequence, next, last) == last)
            {
                return next;
            }
        }
    }

    private async Task<AttemptRecord?> FindAsync(string partition, RunId id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            partition,
            DispatchKeys.Attempt(id),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? AttemptRecord.Read(row.Value!) : null;
    }

    // Rows of older versions hold no copy of the attempt, only its run id, so the attempt's own row is read.
    private async Task<List<AttemptRecord>> ReadAsync(
        string partition,
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var records = new List<AttemptRecord>();
        await foreach (var row in Rows(partition, prefix, cancellationToken))
        {
            if (row.ContainsKey(nameof(AttemptRecord.Revision)))
            {
                records.Add(AttemptRecord.Read(row));
            }
            else if (
                await FindAsync(
                    partition,
                    RunId.Parse(row.GetString(nameof(AttemptRecord.RunId))),
                    cancellationToken
                ) is
                { } record
            )
            {
                records.Add(record);
            }
        }
        return records;
    }

    private static IEnumerable<TableEntity> Finding(AttemptRecord record)
    {
        if (record.State is AttemptState.Queued)
        {
            yield return record.ToEntity(record.Partition, DispatchKeys.Place(record));
        }
        if (record.State is AttemptState.Leased or AttemptState.Lost)
        {
            yield return record.ToEntity(record.Partition, DispatchKeys.Lease(record));
        }
        if (record.EndedAt is not null)
        {
            yield return new TableEntity(record.Partition, DispatchKeys.End(record))
            {
                [nameof(AttemptRecord.RunId)] = record.RunId.ToString(),
            };
        }
    }

    private static TableTransactionAction Put(TableEntity entity) =>
        new(TableTransactionActionType.UpsertReplace, entity);

    private static TableTransactionAction Delete(TableEntity entity) =>
        new(TableTransactionActionType.Delete, entity, ETag.All);

    // Returns the ETag of the first row.
    private async Task<ETag> SubmitAsync(List<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        try
        {
            var answers = await table.SubmitTransactionAsync(actions, cancellationToken);
            return answers.Value[0].Headers.ETag ?? default;
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }
}
