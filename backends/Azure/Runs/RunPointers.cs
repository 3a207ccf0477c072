using Azure;
using Azure.Data.Tables;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>Maps run ids to records. A pointer is written before its record and deleted after it.</summary>
internal sealed class RunPointers(TableClient table)
{
    public async Task<RunPlace?> FindAsync(RunId id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            RunKeys.PointerOf(id),
            RunKeys.Pointer,
            cancellationToken: cancellationToken
        );
        return row.HasValue ? RunPlace.Read(row.Value!) : null;
    }

    /// <summary>
    /// Adds a pointer to the future record, or replaces a pointer whose record does not exist. Throws
    /// <see cref="ConflictException"/> when another caller does so at the same time.
    /// </summary>
    public async Task<ETag> ClaimAsync(TrainingRun run, RunPlace? before, CancellationToken cancellationToken)
    {
        var row = RunPlace.Of(run).ToEntity(RunKeys.PointerOf(run.Id), RunKeys.Pointer);
        return await WriteAsync(row, before?.Source.Version, cancellationToken);
    }

    /// <summary>
    /// Confirms that the record exists. Throws <see cref="ConflictException"/> when another caller took over the
    /// pointer.
    /// </summary>
    public Task ConfirmAsync(TrainingRun run, ETag claim, CancellationToken cancellationToken)
    {
        var row = RunPlace.Of(run).ToEntity(RunKeys.PointerOf(run.Id), RunKeys.Pointer);
        return WriteAsync(row, claim, cancellationToken);
    }

    /// <summary>Removes a pointer, unless it changed since it was read.</summary>
    public async Task DeleteAsync(RunPlace pointer, CancellationToken cancellationToken)
    {
        var (partition, key, version) = pointer.Source;
        try
        {
            await table.DeleteEntityAsync(partition, key, version, cancellationToken);
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            // A new run claimed this id, or another delete was faster.
        }
    }

    private async Task<ETag> WriteAsync(TableEntity row, ETag? version, CancellationToken cancellationToken)
    {
        try
        {
            var written = version is { } read
                ? await table.UpdateEntityAsync(row, read, TableUpdateMode.Replace, cancellationToken)
                : await table.AddEntityAsync(row, cancellationToken);
            return written.Headers.ETag!.Value;
        }
        catch (RequestFailedException e) when (TableErrors.IsConflict(e))
        {
            throw new ConflictException(e);
        }
    }
}
