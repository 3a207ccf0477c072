using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>A node seen lately.</summary>
internal sealed record NodeRow(string Name, int Gpus, int Slots);

/// <summary>The nodes that asked for work. A row is written again only when it says something else or is getting old.</summary>
internal sealed class NodeRows(TableClient table)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (NodeOffer? Offer, DateTimeOffset At)> written = new();

    public async Task SeeAsync(NodeOffer offer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsFresh(offer.Node, now) && written[offer.Node].Offer is { } known && SaysTheSame(known, offer))
            return;
        var row = new TableEntity(DispatchKeys.Partition, DispatchKeys.Node(offer.Node))
        {
            [nameof(NodeRow.Name)] = offer.Node,
            [nameof(NodeOffer.Pool)] = offer.Pool,
            [nameof(NodeRow.Gpus)] = offer.Gpus,
            [nameof(NodeRow.Slots)] = offer.Slots,
            [SeenAt] = now.UtcTicks,
        };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        written[offer.Node] = (offer, now);
    }

    /// <summary>A node that works asks less often, but renews its leases.</summary>
    public async Task SeeAsync(string node, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsFresh(node, now))
            return;
        var row = new TableEntity(DispatchKeys.Partition, DispatchKeys.Node(node)) { [SeenAt] = now.UtcTicks };
        try
        {
            await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // It never asked, or long ago; the next time it asks it says what it has.
        }
        written[node] = (written.GetValueOrDefault(node).Offer, now);
    }

    public async Task<List<NodeRow>> SeenSinceAsync(
        string pool,
        DateTimeOffset since,
        AttemptTable rows,
        CancellationToken cancellationToken
    )
    {
        var condition = TableClient.CreateQueryFilter($"Pool eq {pool} and SeenAt ge {since.UtcTicks}");
        var nodes = new List<NodeRow>();
        await foreach (var row in rows.Rows(DispatchKeys.Nodes, cancellationToken, condition))
        {
            var (gpus, slots) = (row.GetInt32(nameof(NodeRow.Gpus)), row.GetInt32(nameof(NodeRow.Slots)));
            nodes.Add(new NodeRow(row.GetString(nameof(NodeRow.Name)), gpus!.Value, slots!.Value));
        }
        return nodes;
    }

    /// <summary>Forgets nodes that are gone for good.</summary>
    public async Task ForgetAsync(DateTimeOffset seenBefore, AttemptTable rows, CancellationToken cancellationToken)
    {
        var condition = TableClient.CreateQueryFilter($"SeenAt lt {seenBefore.UtcTicks}");
        await foreach (var row in rows.Rows(DispatchKeys.Nodes, cancellationToken, condition))
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
    }

    private const string SeenAt = nameof(SeenAt);

    private bool IsFresh(string node, DateTimeOffset now) =>
        written.TryGetValue(node, out var last) && now - last.At < WriteEvery;

    private static bool SaysTheSame(NodeOffer one, NodeOffer other) =>
        (one.Pool, one.Gpus, one.Slots) == (other.Pool, other.Gpus, other.Slots);
}
