using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;

namespace Trainyard.Backends.Azure.Experiments;

/// <summary>
/// Records of one kind in a table: one partition per owner, newest first. Queries over all owners scan the whole table,
/// which is small because it holds no training runs.
/// </summary>
internal sealed class TableRecordStore<T>(TableClient table, string kind) : IRecordStore<T>
    where T : OwnedRecord
{
    private const int MostRows = 1000;

    public async Task<bool> CreateAsync(T record, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(Entity(record), cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            return false;
        }
    }

    public async Task<Versioned<T>?> GetAsync(Owner owner, Guid id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            PartitionOf(owner),
            KeyOf(id),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? new(RecordEntity.Read<T>(row.Value!), row.Value!.ETag.ToString()) : null;
    }

    public async Task<bool> UpdateAsync(Versioned<T> record, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(
                Entity(record.Record),
                new ETag(record.Version),
                TableUpdateMode.Replace,
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            return false;
        }
    }

    public async Task DeleteAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        await table.DeleteEntityAsync(PartitionOf(owner), KeyOf(id), ETag.All, cancellationToken);

    public async Task<RecordPage<T>> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var after = RecordPages.After(query);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {PartitionOf(query.Owner)}");
        if (after is { } id)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey gt {KeyOf(id)}");
        }
        if (query.ParentId is { } parent)
        {
            filter += $" and {RecordEntity.Parent} eq '{parent}'";
        }
        var wanted = query.PageSize + 1;
        var read = new List<T>();
        await foreach (
            var row in table.QueryAsync<TableEntity>(
                filter,
                Math.Min(wanted, MostRows),
                cancellationToken: cancellationToken
            )
        )
        {
            read.Add(RecordEntity.Read<T>(row));
            if (read.Count == wanted)
            {
                break;
            }
        }
        return RecordPages.Of(read, query.PageSize);
    }

    public IAsyncEnumerable<T> ListOpenAsync(CancellationToken cancellationToken) =>
        ListAsync($"{RecordEntity.ClosedAt} eq {RecordEntity.Open}L", cancellationToken);

    public IAsyncEnumerable<T> ListClosedAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        ListAsync($"{RecordEntity.ClosedAt} le {until.UtcTicks}L", cancellationToken);

    private async IAsyncEnumerable<T> ListAsync(
        string condition,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var filter = $"{RecordEntity.Kind} eq '{kind}' and {condition}";
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return RecordEntity.Read<T>(row);
        }
    }

    private TableEntity Entity(T record) =>
        RecordEntity.Write(record, kind, PartitionOf(record.Owner), KeyOf(record.Id));

    private string PartitionOf(Owner owner) => $"{kind}-{owner}";

    // Ids sort oldest first; their inverted bytes sort newest first.
    private static string KeyOf(Guid id) =>
        Convert.ToHexStringLower([.. id.ToByteArray(bigEndian: true).Select(b => (byte)~b)]);
}
