using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>The files of several parts of a plan: completed when all parts are written, page by page.</summary>
public sealed class LargeFiles(StoringPlans plans)
{
    private const int AtOnce = 8;

    /// <summary>Completes a page and verifies it; repeatable.</summary>
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

    /// <summary>Completes whatever of the plan is not completed yet.</summary>
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
                var receipts = await plans.GetReceiptsAsync(id, file, token);
                await store.CompleteUploadAsync(file.Upload, receipts, token);
            }
        );
}
