using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Completes the multipart files of a plan, page by page, when all their parts are written.</summary>
public sealed class LargeFiles(StoringPlans plans, BucketUploads uploads)
{
    private const int AtOnce = 8;

    /// <summary>Completes and verifies the files of a page. Idempotent.</summary>
    public async Task CompleteAsync(RunId id, int page, IObjectStore store, CancellationToken cancellationToken)
    {
        if (await plans.IsPageCompletedAsync(id, page, cancellationToken))
        {
            return;
        }
        var large = await plans.GetLargePageAsync(id, page, cancellationToken);
        await CompleteAsync(id, large.Files, store, cancellationToken);
        await plans.PutPageCompletedAsync(id, page, cancellationToken);
    }

    /// <summary>Completes the files of the plan that are not completed yet.</summary>
    public async Task CompleteAllAsync(
        RunId id,
        StoringPlan plan,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        await CompleteAsync(id, plan.LargeFiles, store, cancellationToken);
        for (var page = 0; page < plan.LargePages; page++)
        {
            await CompleteAsync(id, page, store, cancellationToken);
        }
    }

    private Task CompleteAsync(
        RunId id,
        IReadOnlyList<LargeFile> files,
        IObjectStore store,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                if (file.WrittenBy is { } attempt)
                {
                    await CompleteWrittenAsync(id, file, attempt, store, token);
                    return;
                }
                var receipts = await plans.GetReceiptsAsync(id, file, token);
                await store.CompleteUploadAsync(file.Upload, receipts, token);
            }
        );

    private async Task CompleteWrittenAsync(
        RunId id,
        LargeFile file,
        int attempt,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var path = file.Upload.Key[$"{id}/".Length..];
        var written =
            await uploads.FindAsync(id, attempt, path, cancellationToken)
            ?? throw new FileNotFoundException($"What is known of the upload of '{path}' is gone.");
        try
        {
            await store.CompleteUploadAsync(file.Upload, written.Receipts, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Failure == ObjectStoreFailure.ObjectNotFound)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"The run's node uploaded '{path}', and neither the upload nor the object is in the bucket any more.",
                e
            );
        }
    }
}
