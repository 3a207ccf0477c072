using System.Runtime.CompilerServices;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>Clears what submissions left that were cut short, wherever that was.</summary>
public sealed class UnstartedSubmissions(IRunStore runs, IBlobStore blobs, ISecretStore secrets, RunEraser eraser)
{
    private readonly SubmittedFiles _files = new(blobs, secrets);

    /// <summary>
    /// Discards archives and secrets that no record names, and runs that have not been started; gives those discarded.
    /// An archive of after the given instant is left alone: its submission may still go on.
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
