using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The uploads that a run began and will not complete: hidden files of a file store, parts that the user pays for on S3.
/// </summary>
public sealed class UnfinishedUploads(
    ISecretStore secrets,
    IObjectStoreFactory stores,
    StoringPlans plans,
    BucketUploads written
)
{
    /// <summary>
    /// Gives them up while there are credentials to do it with; what the node of the kept attempt has uploaded whole is completed.
    /// Repeatable, and a store that does not do it keeps no run from its end: after the first refusal the rest is not tried, for
    /// each may take as long as a store that is silent.
    /// </summary>
    public async Task TryGiveUpAsync(TrainingRun run, int? kept, CancellationToken cancellationToken)
    {
        var isOpen = run.Results is null && run.History.Any(entry => entry.Phase is RunPhase.Storing);
        if (isOpen)
        {
            // Before the look at what was begun: who begins something afterwards sees it.
            await plans.CloseAsync(run.Id, cancellationToken);
        }
        if (!isOpen && !await written.AnyAsync(run.Id, cancellationToken))
        {
            return;
        }
        var runSecrets = await secrets.GetAsync(run.Submission, cancellationToken);
        if (runSecrets is null)
        {
            return;
        }
        await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
        if (isOpen)
        {
            await TryGiveUpAsync(run.Id, store, cancellationToken);
        }
        try
        {
            await written.SettleAsync(run, kept, store, cancellationToken);
        }
        catch (ObjectStoreException)
        {
            // They stay as they are: whoever stores once more completes them.
        }
    }

    /// <summary>The same, at a store that is open.</summary>
    public async Task TryGiveUpAsync(RunId id, IObjectStore store, CancellationToken cancellationToken)
    {
        await foreach (var large in plans.BegunAsync(id, cancellationToken))
        {
            if (large.WrittenBy is null && !await TryGiveUpAsync(store, large, cancellationToken))
            {
                return;
            }
        }
    }

    private static async Task<bool> TryGiveUpAsync(
        IObjectStore store,
        LargeFile large,
        CancellationToken cancellationToken
    )
    {
        if (large.FirstUnit != LargeFile.Intended)
        {
            return await BlobUpload.TryGiveUpAsync(store, large.Upload);
        }
        try
        {
            // Finds what is under way for the key, whose id nobody could write down.
            var (bucket, key) = (large.Upload.Bucket, large.Upload.Key);
            var upload = await store.BeginUploadAsync(bucket, key, large.Upload.Bytes, cancellationToken);
            return upload.Parts == 1 || await BlobUpload.TryGiveUpAsync(store, upload);
        }
        catch (ObjectStoreException)
        {
            return false;
        }
    }
}
