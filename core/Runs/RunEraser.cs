using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// Removes everything that the service holds of a run; never the user's bucket nor the repository. An interrupted
/// erasure is found and finished later, by the record or by an archive that no record names.
/// </summary>
public sealed class RunEraser(IRunStore runs, IBlobStore blobs, ISecretStore secrets, IDispatchQueue queue)
{
    public async Task EraseAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        await secrets.DestroyAsync(run.Submission, cancellationToken);
        await queue.FinishAsync(run.Id, Math.Max(1, run.Attempt), cancellationToken);
        await blobs.DeleteAsync(RunBlobs.Prefix(run.Id), cancellationToken);
        // Done while the record exists, so that no new run can use this id yet; afterwards the same submission is a
        // new run.
        await queue.ForgetAsync(run.Id, cancellationToken);
        await runs.DeleteAsync(run.Id, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.Archive(run.Submission).ToString(), cancellationToken);
    }
}
