using System.Runtime.CompilerServices;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>
/// Deletes the models that are kept of completed runs when the disk runs short, before the service has to refuse new
/// runs. Every such model is also in its owner's results bucket; the copy only serves <c>bx ml store</c>.
/// </summary>
public sealed class KeptModelCleanup(IRunStore runs, IBlobStore blobs, IBlobSpace space, ModelRepository repository)
{
    private const int PageSize = 1000;

    /// <summary>
    /// Deletes models until the disk is not short of space: first those that are stored in the repository, then those
    /// of the runs that ended longest ago.
    /// </summary>
    /// <param name="isNeeded">Whether something will still ask for the run's model without its owner doing anything.</param>
    /// <param name="cancellationToken">Cancels the work between two models.</param>
    /// <returns>The runs whose models were deleted, and the bytes that each one took.</returns>
    public async IAsyncEnumerable<ReleasedModel> ReleaseAsync(
        Func<TrainingRun, Task<bool>> isNeeded,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!space.Read().IsShort)
        {
            yield break;
        }
        var kept = await ListAsync(cancellationToken);
        foreach (var model in kept.OrderByDescending(model => model.IsStored).ThenBy(model => model.EndedAt))
        {
            if (!space.Read().IsShort)
            {
                yield break;
            }
            if (
                (await runs.GetAsync(model.RunId, cancellationToken))?.Run is { } run
                && !await isNeeded(run)
                && await repository.TryReleaseAsync(run, cancellationToken) is { } bytes
            )
            {
                yield return new ReleasedModel(run.Id, bytes);
            }
        }
    }

    private async Task<List<KeptModel>> ListAsync(CancellationToken cancellationToken)
    {
        var kept = new List<KeptModel>();
        string? continuation = null;
        do
        {
            var query = new RunQuery
            {
                Phases = [RunPhase.Completed],
                PageSize = PageSize,
                Continuation = continuation,
            };
            var page = await runs.QueryAsync(query, cancellationToken);
            foreach (var run in page.Runs)
            {
                if (await HasModelAsync(run, cancellationToken))
                {
                    var isStored = await repository.FindOfRunAsync(run, cancellationToken) is not null;
                    kept.Add(new KeptModel(run.Id, run.ModifiedAt, isStored));
                }
            }
            continuation = page.Continuation;
        } while (continuation is not null);
        return kept;
    }

    // Does not trust the record: a release that was cut short has recorded itself and left the files.
    private async Task<bool> HasModelAsync(TrainingRun run, CancellationToken cancellationToken) =>
        await blobs.ListAsync(RunBlobs.ModelPrefix(run.Id, run.Attempt), cancellationToken).AnyAsync(cancellationToken);

    private sealed record KeptModel(RunId RunId, DateTimeOffset EndedAt, bool IsStored);
}

/// <summary>A run whose kept model was deleted.</summary>
public sealed record ReleasedModel(RunId RunId, long Bytes);
