using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>One row for each instance of the service, with the nodes that wait for a run there.</summary>
internal sealed class WaitingRows(TableClient table, TimeProvider time)
{
    // A row that its instance did not write again for this time is not believed: the instance is gone.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);

    // For rows of instances that ended before this one began; covers clock differences.
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    // A row takes 1 MiB, a column 32 Ki characters.
    private const int MostColumns = 12;
    private const int MostPerColumn = 30_000;
    private const string ColumnPrefix = "Nodes";
    private const string At = "At";

    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, (ETag Version, long SeenAt)> _seen = [];
    private IReadOnlyList<string> _written = [];
    private long? _writtenAt;

    /// <summary>Writes this instance's row, if it changed or gets old.</summary>
    public async Task WriteAsync(IEnumerable<WaitingNode> nodes, CancellationToken cancellationToken)
    {
        var columns = Columns(nodes);
        if (
            columns.SequenceEqual(_written)
            && (columns.Count == 0 || (_writtenAt is { } last && time.GetElapsedTime(last) < WriteEvery))
        )
        {
            return;
        }
        var row = new TableEntity(DispatchKeys.Waiting, _instance) { [At] = time.GetUtcNow().UtcTicks };
        for (var i = 0; i < columns.Count; i++)
        {
            row[$"{ColumnPrefix}{i}"] = columns[i];
        }
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        (_written, _writtenAt) = (columns, time.GetTimestamp());
    }

    /// <summary>The nodes that wait at the other instances.</summary>
    public async Task<IReadOnlyList<WaitingNode>> OthersAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {DispatchKeys.Waiting}");
        var nodes = new List<WaitingNode>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey == _instance)
            {
                continue;
            }
            var age = time.GetUtcNow().UtcTicks - row.GetInt64(At)!.Value;
            if (age > KeptFor.Ticks)
            {
                await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
                _seen.Remove(row.RowKey);
            }
            else if (IsFresh(row) && Math.Abs(age) < LongestAge.Ticks)
            {
                nodes.AddRange(Read(row));
            }
        }
        return nodes;
    }

    // By this instance's own clock: the row changed lately.
    private bool IsFresh(TableEntity row)
    {
        if (!_seen.TryGetValue(row.RowKey, out var seen) || seen.Version != row.ETag)
        {
            _seen[row.RowKey] = seen = (row.ETag, time.GetTimestamp());
        }
        return time.GetElapsedTime(seen.SeenAt) < GoodFor;
    }

    private static IEnumerable<WaitingNode> Read(TableEntity row) =>
        row.Where(column => column.Key.StartsWith(ColumnPrefix, StringComparison.Ordinal))
            .SelectMany(column =>
                JsonSerializer.Deserialize<WaitingNode[]>((string)column.Value, WireJson.Options) ?? []
            );

    // Nodes beyond the size of a row are not told of; their own instance gives them runs all the same.
    private static List<string> Columns(IEnumerable<WaitingNode> nodes)
    {
        var columns = new List<string>();
        foreach (var text in nodes.Select(Write))
        {
            if (columns.Count > 0 && columns[^1].Length + text.Length < MostPerColumn)
            {
                columns[^1] += "," + text;
            }
            else if (columns.Count < MostColumns && text.Length < MostPerColumn)
            {
                columns.Add(text);
            }
            else
            {
                break;
            }
        }
        return columns.ConvertAll(column => $"[{column}]");
    }

    private static string Write(WaitingNode node)
    {
        var free = NodeOffers.Free(node.Offer);
        var brief = new NodeOffer
        {
            Node = node.Offer.Node,
            Pool = node.Offer.Pool,
            Gpus = node.Offer.Gpus,
            Slots = node.Offer.Slots,
            FreeSlots = free.Slots,
            FreeCpus = free.Cpus,
            FreeMemoryBytes = free.MemoryBytes,
            FreeDiskBytes = free.DiskBytes,
            Holds = node.Offer.Holds,
        };
        return JsonSerializer.Serialize(node with { Offer = brief }, WireJson.Options);
    }
}
