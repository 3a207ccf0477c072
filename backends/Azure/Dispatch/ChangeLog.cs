using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// Recent changes, for the other instances: a copy of each attempt after a change, in partitions by time, so that one
/// query reads all new changes.
/// </summary>
internal sealed class ChangeLog(TableClient table)
{
    // Covers clock differences between instances and the moment between a change and its log entry.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    private const int MostPerTransaction = 100;

    /// <summary>The longest pause between two reads of the log that still misses no change.</summary>
    public static TimeSpan Reach => KeptFor / 2;

    public Task AddAsync(AttemptRecord record, DateTimeOffset now, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(
            record.ToEntity(
                DispatchKeys.LogAt(now.UtcTicks),
                $"{RowKeys.OldestFirst(now.UtcTicks)}:{record.RunId}:{record.Revision:D19}"
            ),
            TableUpdateMode.Replace,
            cancellationToken
        );

    /// <summary>The changes since an instant, and some earlier ones.</summary>
    public async Task<List<AttemptRecord>> SinceAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var from = DispatchKeys.LogAt((instant - Overlap).UtcTicks);
        var records = new List<AttemptRecord>();
        await foreach (var row in RowsAsync(from, RowKeys.EndOf(DispatchKeys.LogPartitions), cancellationToken))
        {
            records.Add(AttemptRecord.Read(row));
        }
        return records;
    }

    /// <summary>Deletes entries that all instances have read.</summary>
    public async Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var to = DispatchKeys.LogAt((now - KeptFor).UtcTicks);
        var batch = new List<TableTransactionAction>();
        await foreach (var row in RowsAsync(DispatchKeys.LogPartitions, to, cancellationToken))
        {
            if (
                batch.Count == MostPerTransaction
                || (batch.Count > 0 && batch[0].Entity.PartitionKey != row.PartitionKey)
            )
            {
                await table.SubmitTransactionAsync(batch, cancellationToken);
                batch.Clear();
            }
            batch.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, global::Azure.ETag.All));
        }
        if (batch.Count > 0)
        {
            await table.SubmitTransactionAsync(batch, cancellationToken);
        }
    }

    private IAsyncEnumerable<TableEntity> RowsAsync(string from, string to, CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to}"),
            cancellationToken: cancellationToken
        );
}
