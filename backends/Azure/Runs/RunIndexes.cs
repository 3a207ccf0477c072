using Azure;
using Azure.Data.Tables;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>
/// The places of all owners' runs, live and ended. A place is there before its record is as it says and goes afterwards, so
/// that no record is missing; whoever reads a place looks at the record.
/// </summary>
internal sealed class RunIndexes(TableClient table, TimeProvider time)
{
    // A record follows its place within the time of two calls.
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    public Task AddAsync(TrainingRun run, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(
            run.FinishedAt is { } end
                ? RunPlace.Of(run).ToEntity(RunKeys.Ended, RunKeys.End(end, run.Id))
                : RunPlace.Of(run).ToEntity(RunKeys.Live, RunKeys.Record(run)),
            TableUpdateMode.Replace,
            cancellationToken
        );

    public Task RemoveLiveAsync(TrainingRun run, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(RunKeys.Live, RunKeys.Record(run), ETag.All, cancellationToken);

    public Task RemoveAsync(TrainingRun run, CancellationToken cancellationToken) =>
        run.FinishedAt is { } end
            ? table.DeleteEntityAsync(RunKeys.Ended, RunKeys.End(end, run.Id), ETag.All, cancellationToken)
            : RemoveLiveAsync(run, cancellationToken);

    /// <summary>
    /// Removes a place that its record has left for good: the run has ended, or no record has come for an hour.
    /// </summary>
    public async Task CleanAsync(RunPlace place, TrainingRun? run, CancellationToken cancellationToken)
    {
        var isLeft = run is null
            ? place.WrittenAt < time.GetUtcNow() - Stale
            : place.Source.Partition == RunKeys.Live && run.FinishedAt is not null;
        if (isLeft)
            await table.DeleteEntityAsync(place.Source.Partition, place.Source.Key, ETag.All, cancellationToken);
    }

    /// <summary>The places that may fit a query of all owners, each once, newest first, from behind the page before.</summary>
    public async Task<List<RunPlace>> FindAsync(RunQuery query, string? after, CancellationToken cancellationToken)
    {
        var places = new List<RunPlace>();
        if (query.FinishedBefore is null && Wants(query, isTerminal: false))
            await AddToAsync(
                places,
                TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Live}"),
                cancellationToken
            );
        if (Wants(query, isTerminal: true))
            await AddToAsync(places, EndedFilter(query.FinishedBefore), cancellationToken);
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
            places.Add(RunPlace.Read(row));
    }

    private static bool Wants(RunQuery query, bool isTerminal) =>
        query.Phases is null || query.Phases.Any(phase => phase.IsTerminal() == isTerminal);

    private static string EndedFilter(DateTimeOffset? before) =>
        before is { } end
            ? TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Ended} and RowKey lt {RunKeys.End(end)}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {RunKeys.Ended}");
}
