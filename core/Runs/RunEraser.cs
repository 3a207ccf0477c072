using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// Removes everything of ours that belongs to a run; never the user's bucket nor the repository. An erasure that was cut short
/// is found and finished: by the record, or by an archive that no record names.
/// </summary>
public sealed class RunEraser(IRunStore runs, IBlobStore blobs, ISecretStore secrets, IDispatchQueue queue)
{
    public async Task EraseAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        await secrets.DestroyAsync(run.Submission, cancellationToken);
        await queue.FinishAsync(run.Id, Math.Max(1, run.Attempt), cancellationToken);
        await blobs.DeleteAsync(RunBlobs.Prefix(run.Id), cancellationToken);
        // While there is a record, none is made anew: from then on the same submission, sent again, is a new run of this id.
        await queue.ForgetAsync(run.Id, cancellationToken);
        await runs.DeleteAsync(run.Id, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.Archive(run.Submission).ToString(), cancellationToken);
    }
}
