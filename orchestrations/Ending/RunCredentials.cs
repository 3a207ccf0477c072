using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Orchestrations.Ending;

/// <summary>Destroys the credentials of a run that has ended. Idempotent.</summary>
internal static class RunCredentials
{
    /// <param name="secrets">Where they are kept.</param>
    /// <param name="run">The key of the run's secrets.</param>
    /// <param name="keepNoticeKey">Whether to keep the key that signs notices.</param>
    /// <param name="cancellationToken">Ends the work between two steps.</param>
    public static async Task DestroyAsync(
        ISecretStore secrets,
        SubmissionKey run,
        bool keepNoticeKey,
        CancellationToken cancellationToken
    )
    {
        var noticeKey = keepNoticeKey ? (await secrets.GetAsync(run, cancellationToken))?.NotifySecret : null;
        if (noticeKey is null)
        {
            await secrets.DestroyAsync(run, cancellationToken);
            return;
        }
        var rest = new RunSecrets
        {
            Data = StoreCredentials.None,
            Results = StoreCredentials.None,
            NotifySecret = noticeKey,
        };
        await secrets.PutAsync(run, rest, cancellationToken);
    }
}
