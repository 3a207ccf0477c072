using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The nodes that asked for work. A row is written again only when its content changes or it gets old.
/// </summary>
internal sealed class NodeRows(TableClient table, TimeProvider time)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);

    // The nodes shown may be this old; changes by this instance show at once.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private static readonly string[] Kept =
    [
        nameof(NodeRow.BusyAt),
        nameof(NodeRow.IsRetired),
        nameof(NodeRow.Standing),
    ];

    private readonly Lock _noting = new();
    private Dictionary<string, TableEntity>? _all;
    private long _readAt;

    private readonly ConcurrentDictionary<string, (NodeOffer? Offer, DateTimeOffset At)> _written = new();

    public async Task SeeAsync(NodeOffer offer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (IsFresh(offer.Node, now) && _written[offer.Node].Offer is { } known && SaysTheSame(known, offer))
        {
            return;
        }
        var row = NodeRow.Write(offer, now);
        if (offer.Holds.Count > 0)
        {
            row[nameof(NodeRow.BusyAt)] = now.UtcTicks;
        }
        if (!await TryMergeAsync(row, cancellationToken))
        {
            await AddAsync(row, offer.Node, now, cancellationToken);
        }
        _written[offer.Node] = (offer, now);
    }

    /// <summary>Notes that a node was seen busy: a busy node rarely asks for work, but it renews its leases.</summary>
    public async Task SeeBusyAsync(string node, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (IsFresh(node, now))
        {
            return;
        }
        // A node without a row has not asked for work for long, or ever; its next request writes the row.
        await TryMergeAsync(NodeRow.WriteBusy(node, now), cancellationToken);
        _written[node] = (_written.GetValueOrDefault(node).Offer, now);
    }

    public async Task<NodeRow?> FindAsync(string node, CancellationToken cancellationToken)
    {
        var row = await FindAsync(DispatchKeys.PartitionOfNode(node), node, cancellationToken);
        return row is null ? null : NodeRow.Read(row);
    }

    /// <summary>
    /// Records that a node holds a run, and that it is busy as of now. Throws <see cref="ConflictException"/> if the
    /// node's row changed since it was read.
    /// </summary>
    public async Task HoldAsync(NodeRow node, RunId id, string mark, CancellationToken cancellationToken)
    {
        var busy = NodeRow.WriteLeased(node.Name, mark, time.GetUtcNow());
        var held = new TableEntity(busy.PartitionKey, HeldPrefix(node.Name) + id);
        try
        {
            await table.SubmitTransactionAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.UpdateMerge, busy, node.Version),
                    new TableTransactionAction(TableTransactionActionType.UpsertReplace, held),
                ],
                cancellationToken
            );
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
        Note(busy);
    }

    /// <summary>
    /// Takes the mark of a lease that was not given after all back, so that other instances may lease the node a run; if
    /// that fails they may once it asks again.
    /// </summary>
    public async Task UnmarkAsync(NodeRow node, string mark)
    {
        try
        {
            if (await FindAsync(node.Name, CancellationToken.None) is { } marked && marked.LastLease == mark)
            {
                await MergeAsync(marked, NodeRow.WriteMark(node.Name, node.LastLease), CancellationToken.None);
            }
        }
        catch (Exception e) when (e is RequestFailedException or ConflictException)
        {
            // Told above.
        }
    }

    /// <summary>The runs that a node was given and that were not released.</summary>
    public async Task<List<RunId>> HeldByAsync(string node, CancellationToken cancellationToken)
    {
        var held = new List<RunId>();
        await foreach (var row in RowsAsync(DispatchKeys.PartitionOfNode(node), HeldPrefix(node), cancellationToken))
        {
            held.Add(RunId.Parse(row.RowKey[HeldPrefix(node).Length..]));
        }
        return held;
    }

    /// <summary>Records that a node no longer holds a run.</summary>
    public Task LetGoAsync(string node, RunId id, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(DispatchKeys.PartitionOfNode(node), HeldPrefix(node) + id, ETag.All, cancellationToken);

    /// <summary>Retires a node. Throws <see cref="ConflictException"/> if its row changed since it was read.</summary>
    public Task RetireAsync(NodeRow node, CancellationToken cancellationToken) =>
        MergeAsync(node, NodeRow.WriteRetired(node.Name), cancellationToken);

    /// <summary>
    /// Drains a node or ends its drain. Throws <see cref="ConflictException"/> if its row changed since it was read.
    /// </summary>
    public Task DrainAsync(NodeRow node, bool isDrained, CancellationToken cancellationToken) =>
        MergeAsync(node, NodeRow.WriteDrained(node.Name, isDrained), cancellationToken);

    /// <summary>
    /// Finds a node. A node that is only in the old partition is first moved to its own.
    /// </summary>
    public async Task<NodeRow?> FindOrMoveAsync(string node, CancellationToken cancellationToken)
    {
        if (await FindAsync(node, cancellationToken) is { } found)
        {
            return found;
        }
        if (await FindAsync(DispatchKeys.OldPartition, node, cancellationToken) is not { } old)
        {
            return null;
        }
        var moved = new TableEntity(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node));
        foreach (var (name, value) in old.Where(each => !IsOfStore(each.Key)))
        {
            moved[name] = value;
        }
        await table.UpsertEntityAsync(moved, TableUpdateMode.Merge, cancellationToken);
        return await FindAsync(node, cancellationToken);
    }

    /// <summary>Deletes a node. Throws <see cref="ConflictException"/> if its row changed since it was read.</summary>
    public async Task RemoveAsync(NodeRow node, CancellationToken cancellationToken)
    {
        var key = DispatchKeys.Node(node.Name);
        try
        {
            await table.DeleteEntityAsync(DispatchKeys.OldPartition, key, ETag.All, cancellationToken);
            await table.DeleteEntityAsync(node.Partition, key, node.Version, cancellationToken);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
        _written.TryRemove(node.Name, out _);
        lock (_noting)
        {
            _all?.Remove(key);
        }
    }

    /// <summary>
    /// Sets a node's standing. Throws <see cref="ConflictException"/> if its row changed since it was read.
    /// </summary>
    public Task SetStandingAsync(NodeRow node, NodeStanding standing, CancellationToken cancellationToken) =>
        MergeAsync(node, NodeRow.WriteStanding(node.Name, standing), cancellationToken);

    private async Task MergeAsync(NodeRow node, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, node.Version, TableUpdateMode.Merge, cancellationToken);
            Note(row);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }

    /// <summary>The nodes of a pool, from a cache that is at most some seconds old.</summary>
    public async Task<List<NodeRow>> OfPoolAsync(string pool, CancellationToken cancellationToken) =>
        (await KnownAsync(cancellationToken)).FindAll(node => node.Pool == pool);

    /// <summary>The nodes of all pools, from a cache that is at most some seconds old.</summary>
    public async Task<List<NodeRow>> KnownAsync(CancellationToken cancellationToken)
    {
        if (_all is null || time.GetElapsedTime(_readAt) >= GoodFor)
        {
            await AllAsync(cancellationToken);
        }
        lock (_noting)
        {
            return [.. _all!.Values.Select(NodeRow.Read)];
        }
    }

    /// <summary>The nodes of all pools, read from the table now.</summary>
    public async Task<List<NodeRow>> AllAsync(CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, TableEntity>();
        var begun = time.GetTimestamp();
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {DispatchKeys.NodePartitions} and PartitionKey lt {RowKeys.EndOf(DispatchKeys.NodePartitions)}"
        );
        var old = RowsAsync(DispatchKeys.OldPartition, DispatchKeys.Nodes, cancellationToken);
        await foreach (var row in old)
        {
            read[row.RowKey] = row;
        }
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey.StartsWith(DispatchKeys.Nodes, StringComparison.Ordinal))
            {
                read[row.RowKey] = row;
            }
        }
        lock (_noting)
        {
            (_all, _readAt) = (read, begun);
            return [.. read.Values.Select(NodeRow.Read)];
        }
    }

    /// <summary>
    /// Deletes nodes last seen before a time; drained nodes stay, because only the operator may drop them.
    /// </summary>
    public async Task ForgetAsync(DateTimeOffset seenBefore, CancellationToken cancellationToken)
    {
        foreach (var node in await AllAsync(cancellationToken))
        {
            if (node.SeenAt < seenBefore.UtcTicks && !node.IsDrained)
            {
                await table.DeleteEntityAsync(
                    node.Partition,
                    DispatchKeys.Node(node.Name),
                    ETag.All,
                    cancellationToken
                );
            }
        }
    }

    // Nodes share partitions, so the keys of a node's rows contain the node's name.
    private static string HeldPrefix(string node) => $"{DispatchKeys.Held}{RowKeys.Encode(node)}:";

    private AsyncPageable<TableEntity> RowsAsync(
        string partition,
        string prefix,
        CancellationToken cancellationToken
    ) =>
        table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter(
                $"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {RowKeys.EndOf(prefix)}"
            ),
            cancellationToken: cancellationToken
        );

    private async Task<TableEntity?> FindAsync(string partition, string node, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            partition,
            DispatchKeys.Node(node),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? row.Value : null;
    }

    // Applies this instance's own write to the cache, so that no new read is needed.
    private void Note(TableEntity written)
    {
        lock (_noting)
        {
            if (_all is null)
            {
                return;
            }
            if (!_all.TryGetValue(written.RowKey, out var row))
            {
                _all[written.RowKey] = row = new TableEntity(written.PartitionKey, written.RowKey);
            }
            foreach (var (name, value) in written)
            {
                if (!IsOfStore(name))
                {
                    row[name] = value;
                }
            }
        }
    }

    private static bool IsOfStore(string name) => name is "odata.etag" or "Timestamp" or "PartitionKey" or "RowKey";

    private async Task<bool> TryMergeAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellationToken);
            Note(row);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    // Adds the row of a new node, busy as of now; columns from a row in the old partition are kept.
    private async Task AddAsync(TableEntity row, string node, DateTimeOffset now, CancellationToken cancellationToken)
    {
        row[nameof(NodeRow.BusyAt)] = now.UtcTicks;
        if (await FindAsync(DispatchKeys.OldPartition, node, cancellationToken) is { } old)
        {
            foreach (var name in Kept.Where(old.ContainsKey))
            {
                row[name] = old[name];
            }
        }
        await table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
        Note(row);
    }

    private bool IsFresh(string node, DateTimeOffset now) =>
        _written.TryGetValue(node, out var last) && now - last.At < WriteEvery;

    private static bool SaysTheSame(NodeOffer one, NodeOffer other) =>
        (one.Pool, one.Gpus, one.Slots, one.Sandbox) == (other.Pool, other.Gpus, other.Slots, other.Sandbox)
        && FactsText.Write(one.Facts) == FactsText.Write(other.Facts);
}
