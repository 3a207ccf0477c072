using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>
/// Records in a table, by owner and age; see <see cref="RunKeys"/>. A run exists exactly while its record does: a
/// pointer or index entry alone means nothing, and leftover ones are cleaned up.
/// </summary>
internal sealed class TableRunStore(TableClient table, TimeProvider time) : IRunStore
{
    private readonly RunPointers _pointers = new(table);
    private readonly RunIndexes _indexes = new(table, time);
    private readonly RunQueries _queries = new(table, new RunIndexes(table, time));

    public Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(() => TryCreateAsync(run, cancellationToken), cancellationToken);

    public async Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken) =>
        await _pointers.FindAsync(id, cancellationToken) is { } place
            ? await ReadAsync(place, cancellationToken)
            : null;

    public async Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken)
    {
        if (run.Run.FinishedAt is not null)
        {
            await _indexes.AddAsync(run.Run, cancellationToken);
        }
        try
        {
            await table.UpdateEntityAsync(
                RunEntity.Write(run.Run),
                new ETag(run.Version),
                TableUpdateMode.Replace,
                cancellationToken
            );
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            return false;
        }
        if (run.Run.FinishedAt is not null)
        {
            await _indexes.RemoveLiveAsync(run.Run, cancellationToken);
        }
        return true;
    }

    public async Task DeleteAsync(RunId id, CancellationToken cancellationToken)
    {
        if (await _pointers.FindAsync(id, cancellationToken) is not { } place)
        {
            return;
        }
        if (await ReadAsync(place, cancellationToken) is { } read)
        {
            await table.DeleteEntityAsync(place.Partition, place.Key, ETag.All, cancellationToken);
            await _indexes.RemoveAsync(read.Run, cancellationToken);
        }
        await _pointers.DeleteAsync(place, cancellationToken);
    }

    public Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken) =>
        _queries.QueryAsync(query, cancellationToken);

    public IAsyncEnumerable<TrainingRun> ListPurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        CancellationToken cancellationToken
    ) => _queries.PurgeableAsync(now, retention, cancellationToken);

    private async Task<bool> TryCreateAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var before = await _pointers.FindAsync(run.Id, cancellationToken);
        if (before is not null && await ReadAsync(before, cancellationToken) is not null)
        {
            return false;
        }
        var claim = await _pointers.ClaimAsync(run, before, cancellationToken);
        await _indexes.AddAsync(run, cancellationToken);
        try
        {
            await table.AddEntityAsync(RunEntity.Write(run), cancellationToken);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
        await ConfirmAsync(run, claim, cancellationToken);
        return true;
    }

    // When two callers create one id at once, the holder of the pointer wins, and the other's record must be deleted.
    private async Task ConfirmAsync(TrainingRun run, ETag claim, CancellationToken cancellationToken)
    {
        try
        {
            await _pointers.ConfirmAsync(run, claim, cancellationToken);
        }
        catch (ConflictException)
        {
            var place = RunPlace.Of(run);
            await table.DeleteEntityAsync(place.Partition, place.Key, ETag.All, cancellationToken);
            throw;
        }
    }

    private async Task<VersionedRun?> ReadAsync(RunPlace place, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            place.Partition,
            place.Key,
            cancellationToken: cancellationToken
        );
        return row.HasValue ? new VersionedRun(RunEntity.Read(row.Value!), row.Value!.ETag.ToString()) : null;
    }
}
