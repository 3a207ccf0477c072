using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>The nodes that asked for work. A row is written again only when it says something else or is getting old.</summary>
internal sealed class NodeRows(TableClient table)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (NodeOffer? Offer, DateTimeOffset At)> _written = new();

    public async Task SeeAsync(NodeOffer offer, DateTimeOffset now, CancellationToken cancellationToken)
    {
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
            await AddAsync(row, now, cancellationToken);
        }
        _written[offer.Node] = (offer, now);
    }

    /// <summary>A node that works asks less often, but renews its leases.</summary>
    public async Task SeeBusyAsync(string node, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsFresh(node, now))
        {
            return;
        }
        // Without a row it never asked, or long ago; the next time it asks it says what it has.
        await TryMergeAsync(NodeRow.WriteBusy(node, now), cancellationToken);
        _written[node] = (_written.GetValueOrDefault(node).Offer, now);
    }

    public async Task<NodeRow?> FindAsync(string node, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            DispatchKeys.Partition,
            DispatchKeys.Node(node),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? NodeRow.Read(row.Value!) : null;
    }

    /// <summary>Retires a node that is as it was read. Throws <see cref="ConflictException"/>.</summary>
    public Task RetireAsync(NodeRow node, CancellationToken cancellationToken) =>
        MergeAsync(node, NodeRow.WriteRetired(node.Name), cancellationToken);

    /// <summary>Keeps how a node stands that is as it was read. Throws <see cref="ConflictException"/>.</summary>
    public Task SetStandingAsync(NodeRow node, NodeStanding standing, CancellationToken cancellationToken) =>
        MergeAsync(node, NodeRow.WriteStanding(node.Name, standing), cancellationToken);

    private async Task MergeAsync(NodeRow node, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, node.Version, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }

    /// <summary>The nodes of a pool.</summary>
    public async Task<List<NodeRow>> OfPoolAsync(string pool, AttemptTable rows, CancellationToken cancellationToken)
    {
        var condition = TableClient.CreateQueryFilter($"Pool eq {pool}");
        var nodes = new List<NodeRow>();
        await foreach (var row in rows.Rows(DispatchKeys.Nodes, cancellationToken, condition))
        {
            nodes.Add(NodeRow.Read(row));
        }
        return nodes;
    }

    /// <summary>Forgets nodes that are gone for good.</summary>
    public async Task ForgetAsync(DateTimeOffset seenBefore, AttemptTable rows, CancellationToken cancellationToken)
    {
        var condition = TableClient.CreateQueryFilter($"SeenAt lt {seenBefore.UtcTicks}");
        await foreach (var row in rows.Rows(DispatchKeys.Nodes, cancellationToken, condition))
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private async Task<bool> TryMergeAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    // It is new: from now on it is without a run.
    private Task AddAsync(TableEntity row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        row[nameof(NodeRow.BusyAt)] = now.UtcTicks;
        return table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
    }

    private bool IsFresh(string node, DateTimeOffset now) =>
        _written.TryGetValue(node, out var last) && now - last.At < WriteEvery;

    private static bool SaysTheSame(NodeOffer one, NodeOffer other) =>
        (one.Pool, one.Gpus, one.Slots, one.Sandbox) == (other.Pool, other.Gpus, other.Slots, other.Sandbox)
        && FactsText.Write(one.Facts) == FactsText.Write(other.Facts);
}
