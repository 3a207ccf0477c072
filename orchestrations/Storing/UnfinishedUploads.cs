using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The uploads that a run began and will not complete: hidden files in a file store, or parts on S3 that the user pays
/// for.
/// </summary>
public sealed class UnfinishedUploads(
    ISecretStore secrets,
    IObjectStoreFactory stores,
    StoringPlans plans,
    BucketUploads written
)
{
    /// <summary>
    /// Gives the uploads up while credentials are available, and completes the files that the kept attempt's node
    /// uploaded whole. Idempotent. A failing store does not keep the run from ending: after the first refusal the rest
    /// is skipped, because each call to a silent store may take its full timeout.
    /// </summary>
    public async Task TryGiveUpAsync(TrainingRun run, int? kept, CancellationToken cancellationToken)
    {
        var isOpen = run.Results is null && run.History.Any(entry => entry.Phase is RunPhase.Storing);
        if (isOpen)
        {
            // Closes the storing before listing its uploads, so that a process that begins one later sees the mark.
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
            // The uploads stay, so that a later storing can complete them.
        }
    }

    /// <summary>Gives the uploads up in a store that is open already.</summary>
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
            // The upload's id was never recorded, so this finds the uploads under way for the key.
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
