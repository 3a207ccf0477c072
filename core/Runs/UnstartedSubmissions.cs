using System.Runtime.CompilerServices;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>Clears what interrupted submissions left behind.</summary>
public sealed class UnstartedSubmissions(IRunStore runs, IBlobStore blobs, ISecretStore secrets, RunEraser eraser)
{
    private readonly SubmittedFiles _files = new(blobs, secrets);

    /// <summary>
    /// Discards archives and secrets that no record names, and runs that have not been started; returns the discarded
    /// submissions. Archives newer than the given instant stay, because their submission may still be under way.
    /// </summary>
    public async IAsyncEnumerable<SubmissionKey> DiscardAsync(
        DateTimeOffset before,
        Func<TrainingRun, Task<bool>> isUnstarted,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var key in _files.ListAsync(before, cancellationToken))
        {
            var run = (await runs.GetAsync(key.Id, cancellationToken))?.Run;
            if (run?.Submission != key)
            {
                await _files.DiscardAsync(key, cancellationToken);
            }
            else if (await isUnstarted(run))
            {
                await eraser.EraseAsync(run, cancellationToken);
            }
            else
            {
                continue;
            }
            yield return key;
        }
    }
}
