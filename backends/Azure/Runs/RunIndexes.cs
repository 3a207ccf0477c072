using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>
/// Indexes over the runs of all owners, live and ended. An entry (place) is written before the record matches it and
/// removed after the record stops matching, so no record is missed; readers of a place check the record.
/// </summary>
internal sealed class RunIndexes(TableClient table, TimeProvider time)
{
    // A record is written right after its place, so an older place without a record is stale.
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    public async Task AddAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var place = RunPlace.Of(run);
        if (run.FinishedAt is not { } end)
        {
            await PutAsync(place.ToEntity(RunKeys.Live, RunKeys.Record(run)), cancellationToken);
            return;
        }
        if (run.Manifest.Retention is { } own)
        {
            await PutAsync(place.ToEntity(RunKeys.Purges, RunKeys.End(end + own, run.Id)), cancellationToken);
        }
        await PutAsync(place.ToEntity(RunKeys.Ended, RunKeys.End(end, run.Id)), cancellationToken);
    }

    public Task RemoveLiveAsync(TrainingRun run, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(RunKeys.Live, RunKeys.Record(run), ETag.All, cancellationToken);

    public async Task RemoveAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (run.FinishedAt is not { } end)
        {
            await RemoveLiveAsync(run, cancellationToken);
            return;
        }
        await table.DeleteEntityAsync(RunKeys.Ended, RunKeys.End(end, run.Id), ETag.All, cancellationToken);
        if (run.Manifest.Retention is { } own)
        {
            await table.DeleteEntityAsync(RunKeys.Purges, RunKeys.End(end + own, run.Id), ETag.All, cancellationToken);
        }
    }

    /// <summary>The places of runs whose retention has ended.</summary>
    public async IAsyncEnumerable<RunPlace> PurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // One tick more, because the range excludes its end.
        var ended = UpTo(RunKeys.Ended, now - retention + TimeSpan.FromTicks(1));
        await foreach (var row in table.QueryAsync<TableEntity>(ended, cancellationToken: cancellationToken))
        {
            var place = RunPlace.Read(row);
            if (!place.HasOwnRetention)
            {
                yield return place;
            }
        }
        var own = UpTo(RunKeys.Purges, now + TimeSpan.FromTicks(1));
        await foreach (var row in table.QueryAsync<TableEntity>(own, cancellationToken: cancellationToken))
        {
            yield return RunPlace.Read(row);
        }
    }

    private Task PutAsync(TableEntity row, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);

    private static string UpTo(string partition, DateTimeOffset end) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey lt {RunKeys.End(end)}");

    /// <summary>
    /// Removes an obsolete place: a live place of an ended run, or one without a record for an hour.
    /// </summary>
    public async Task CleanAsync(RunPlace place, TrainingRun? run, CancellationToken cancellationToken)
    {
        var isLeft = run is null
            ? place.WrittenAt < time.GetUtcNow() - Stale
            : place.Source.Partition == RunKeys.Live && run.FinishedAt is not null;
        if (isLeft)
        {
            await table.DeleteEntityAsync(place.Source.Partition, place.Source.Key, ETag.All, cancellationToken);
        }
    }

    /// <summary>
    /// The places that may match a query over all owners, each once, newest first, after the previous page.
    /// </summary>
    public async Task<List<RunPlace>> FindAsync(RunQuery query, string? after, CancellationToken cancellationToken)
    {
        var places = new List<RunPlace>();
        if (Wants(query, isTerminal: false))
        {
            await AddToAsync(
                places,
                TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Live}"),
                cancellationToken
            );
        }
        if (Wants(query, isTerminal: true))
        {
            await AddToAsync(
                places,
                TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Ended}"),
                cancellationToken
            );
        }
        return
        [
            .. places
                .DistinctBy(place => (place.Partition, place.Key))
                .Where(place => after is null || string.CompareOrdinal(place.Key, after) > 0)
                .OrderBy(place => place.Key, StringComparer.Ordinal),
        ];
    }

    private async Task AddToAsync(List<RunPlace> places, string filter, CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            places.Add(RunPlace.Read(row));
        }
    }

    private static bool Wants(RunQuery query, bool isTerminal) =>
        query.Phases is null || query.Phases.Any(phase => phase.IsTerminal() == isTerminal);
}
