using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The uploads that a run began and will not complete: hidden files of a file store, parts that the user pays for on S3.
/// </summary>
public sealed class UnfinishedUploads(ISecretStore secrets, IObjectStoreFactory stores, StoringPlans plans)
{
    /// <summary>
    /// Gives them up while there are credentials to do it with. Repeatable, and a store that does not do it keeps no run
    /// from its end: after the first refusal the rest is not tried, for each may take as long as a store that is silent.
    /// </summary>
    public async Task TryGiveUpAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (run.Results is not null)
        {
            return;
        }
        var runSecrets = await secrets.GetAsync(run.Submission, cancellationToken);
        var plan = await plans.FindAsync(run.Id, cancellationToken);
        if (runSecrets is null || plan is null || plan.LargeFiles.Count == 0)
        {
            return;
        }
        await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
        foreach (var large in plan.LargeFiles)
        {
            if (!await BlobUpload.TryGiveUpAsync(store, large.Upload))
            {
                return;
            }
        }
    }
}
