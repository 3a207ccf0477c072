using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>Pages of records. One extra record is read, to know whether there is another page.</summary>
internal sealed class RunQueries(TableClient table, RunIndexes indexes)
{
    private const int ReadAtOnce = 16;

    public async Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken)
    {
        if (query.PageSize is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PageSize, "A page holds 1 to 1,000 runs.");
        }
        var after = query.Continuation is null ? null : KeyOf(RunContinuation.Parse(query.Continuation));
        if (query.Phases is { Count: 0 })
        {
            return new RunPage([], null);
        }
        var runs = query.Owner is { } owner
            ? await OwnAsync(owner, query, after, cancellationToken)
            : await AllAsync(query, after, cancellationToken);
        if (runs.Count <= query.PageSize)
        {
            return new RunPage(runs, null);
        }
        runs.RemoveRange(query.PageSize, runs.Count - query.PageSize);
        return new RunPage(runs, RunContinuation.After(runs[^1]).ToString());
    }

    private static string KeyOf(RunContinuation last) => RunKeys.Record(last.SubmittedTicks, last.Id);

    // Reads one range of the owner's partition, in key order.
    private async Task<List<TrainingRun>> OwnAsync(
        Owner owner,
        RunQuery query,
        string? after,
        CancellationToken cancellationToken
    )
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Records(owner)}");
        if (after is not null)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey gt {after}");
        }
        if (query.Phases is { } phases)
        {
            filter += $" and ({string.Join(" or ", phases.Distinct().Select(p => $"{RunEntity.Phase} eq '{p}'"))})";
        }
        var wanted = query.PageSize + 1;
        var rows = table.QueryAsync<TableEntity>(filter, Math.Min(wanted, 1000), cancellationToken: cancellationToken);
        var runs = new List<TrainingRun>();
        await foreach (var row in rows)
        {
            runs.Add(RunEntity.Read(row));
            if (runs.Count == wanted)
            {
                break;
            }
        }
        return runs;
    }

    private async Task<List<TrainingRun>> AllAsync(RunQuery query, string? after, CancellationToken cancellationToken)
    {
        var runs = new List<TrainingRun>();
        foreach (var places in (await indexes.FindAsync(query, after, cancellationToken)).Chunk(ReadAtOnce))
        {
            var read = await Task.WhenAll(places.Select(place => ReadAsync(place, cancellationToken)));
            runs.AddRange(read.OfType<TrainingRun>().Where(run => Fits(query, run)));
            if (runs.Count > query.PageSize)
            {
                break;
            }
        }
        return runs;
    }

    public async IAsyncEnumerable<TrainingRun> PurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var place in indexes.PurgeableAsync(now, retention, cancellationToken))
        {
            if (await ReadAsync(place, cancellationToken) is { } run && run.PurgeAt(retention) <= now)
            {
                yield return run;
            }
        }
    }

    private async Task<TrainingRun?> ReadAsync(RunPlace place, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            place.Partition,
            place.Key,
            cancellationToken: cancellationToken
        );
        var run = row.HasValue ? RunEntity.Read(row.Value!) : null;
        await indexes.CleanAsync(place, run, cancellationToken);
        return run;
    }

    private static bool Fits(RunQuery query, TrainingRun run) =>
        query.Phases is null || query.Phases.Contains(run.Phase);
}
