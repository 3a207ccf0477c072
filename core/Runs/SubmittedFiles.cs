using System.Runtime.CompilerServices;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// The files of submissions that may not have a record yet. An archive is stored before its secrets and deleted after
/// them, so the list of archives covers everything that was left.
/// </summary>
internal sealed class SubmittedFiles(IBlobStore blobs, ISecretStore secrets)
{
    public async Task DiscardAsync(SubmissionKey key, CancellationToken cancellationToken)
    {
        await secrets.DestroyAsync(key, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.Archive(key).ToString(), cancellationToken);
    }

    /// <summary>The submissions, accepted ones too, whose archive was complete before an instant.</summary>
    public async IAsyncEnumerable<SubmissionKey> ListAsync(
        DateTimeOffset before,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var archive in blobs.ListAsync(RunBlobs.Archives, cancellationToken))
        {
            if (archive.ModifiedAt <= before && RunBlobs.TryParseArchive(archive.Name, out var key))
            {
                yield return key;
            }
        }
    }
}
