using System.Runtime.CompilerServices;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// The uploads that nodes make directly into users' buckets. Each is recorded before it begins, completed when its
/// run's results are stored, and given up when a later attempt begins its own or the run ends without it. A node that
/// lost its lease only has addresses of a given-up upload, so it cannot change a later attempt's results.
/// </summary>
public sealed class BucketUploads(IBlobStore blobs)
{
    // The model must be in staging, from which it is copied when the owner of a completed run asks for it.
    private const string Model = "model/";

    /// <summary>Whether a result may be uploaded directly, without a staged copy.</summary>
    public static bool IsFor(string path) => !path.StartsWith(Model, StringComparison.Ordinal);

    /// <summary>
    /// Begins an upload, or continues the one that this attempt began for the same path and length. Returns null when
    /// the file would have a single part, because a direct upload gains nothing then.
    /// </summary>
    public async Task<BucketUpload?> BeginAsync(
        TrainingRun run,
        int attempt,
        string path,
        long bytes,
        IPresignedUploads store,
        CancellationToken cancellationToken
    )
    {
        await GiveUpEarlierAsync(run.Id, attempt, store, cancellationToken);
        var name = RunBlobs.BucketUpload(run.Id, attempt, path);
        var found = await blobs.ReadJsonAsync<BucketUpload>(name, cancellationToken);
        if (found is { Upload.UploadId: not null } && found.Upload.Bytes == bytes)
        {
            return found;
        }
        if (found is not null)
        {
            await GiveUpAsync(store, found, cancellationToken);
        }
        var upload = Intended(run, attempt, path, bytes);
        await blobs.WriteJsonAsync(name, upload, cancellationToken);
        var (bucket, key) = (upload.Upload.Bucket, upload.Upload.Key);
        upload = upload with { Upload = await store.BeginAsync(bucket, key, bytes, cancellationToken) };
        if (upload.Upload.UploadId is null)
        {
            await blobs.DeleteAsync(name.ToString(), cancellationToken);
            return null;
        }
        await blobs.WriteJsonAsync(name, upload, cancellationToken);
        return upload;
    }

    private static BucketUpload Intended(TrainingRun run, int attempt, string path, long bytes) =>
        new()
        {
            Attempt = attempt,
            Path = path,
            Upload = new ObjectUpload
            {
                Bucket = run.Manifest.TrainingResults.Bucket,
                Key = ResultKeys.Of(run, path),
                Bytes = bytes,
                PartBytes = Math.Max(1, bytes),
            },
        };

    /// <summary>
    /// Records that all parts are uploaded. Returns false when there is no such upload, or the parts do not match it.
    /// </summary>
    public async Task<bool> TryCommitAsync(
        RunId id,
        int attempt,
        BucketUploadCommit commit,
        CancellationToken cancellationToken
    )
    {
        var name = RunBlobs.BucketUpload(id, attempt, commit.Path);
        var found = await blobs.ReadJsonAsync<BucketUpload>(name, cancellationToken);
        if (
            found is not { Upload: { UploadId: not null } upload }
            || upload.Bytes != commit.Bytes
            || upload.Parts != commit.Parts.Count
        )
        {
            return false;
        }
        var receipts = commit.Parts.Select((p, i) => new PartReceipt(i, upload.LengthOf(i), p.Checksum, p.Md5));
        var whole = found with { Sha256 = commit.Sha256, Receipts = [.. receipts] };
        await blobs.WriteJsonAsync(name, whole, cancellationToken);
        return true;
    }

    /// <summary>The complete uploads of an attempt.</summary>
    public async IAsyncEnumerable<BucketUpload> CommittedAsync(
        RunId id,
        int attempt,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var found in ListAsync(RunBlobs.BucketUploadPrefix(id, attempt), cancellationToken))
        {
            if (found.Receipts is not null)
            {
                yield return found;
            }
        }
    }

    /// <summary>One of an attempt's uploads, or null.</summary>
    public Task<BucketUpload?> FindAsync(RunId id, int attempt, string path, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<BucketUpload>(RunBlobs.BucketUpload(id, attempt, path), cancellationToken);

    /// <summary>Whether a run has uploads that are not settled.</summary>
    public async Task<bool> AnyAsync(RunId id, CancellationToken cancellationToken)
    {
        await foreach (var _ in blobs.ListAsync(RunBlobs.BucketUploadPrefix(id), cancellationToken))
        {
            return true;
        }
        return false;
    }

    /// <summary>
    /// Settles a run's uploads at its end: completes the complete uploads of the kept attempt that its storing did
    /// not, because there is no other copy, and gives up all others.
    /// </summary>
    public async Task SettleAsync(TrainingRun run, int? kept, IObjectStore store, CancellationToken cancellationToken)
    {
        if (kept is { } attempt && run.Results is null)
        {
            await foreach (var whole in CommittedAsync(run.Id, attempt, cancellationToken))
            {
                await store.CompleteUploadAsync(whole.Upload, whole.Receipts, cancellationToken);
            }
        }
        await foreach (var found in ListAsync(RunBlobs.BucketUploadPrefix(run.Id), cancellationToken))
        {
            if ((found.Attempt != kept || found.Receipts is null) && store.PresignedUploads is { } uploads)
            {
                await GiveUpAndForgetAsync(run.Id, found, uploads, cancellationToken);
            }
        }
    }

    /// <summary>Gives up one upload and forgets its record.</summary>
    public async Task GiveUpAndForgetAsync(
        RunId id,
        BucketUpload upload,
        IPresignedUploads store,
        CancellationToken cancellationToken
    )
    {
        await GiveUpAsync(store, upload, cancellationToken);
        var name = RunBlobs.BucketUpload(id, upload.Attempt, upload.Path);
        await blobs.DeleteAsync(name.ToString(), cancellationToken);
    }

    private async Task GiveUpEarlierAsync(
        RunId id,
        int attempt,
        IPresignedUploads store,
        CancellationToken cancellationToken
    )
    {
        for (var earlier = 1; earlier < attempt; earlier++)
        {
            await foreach (var found in ListAsync(RunBlobs.BucketUploadPrefix(id, earlier), cancellationToken))
            {
                // Without an id, all uploads of the key are given up together, so this attempt must have none for it.
                if (
                    found.Upload.UploadId is not null
                    || await FindAsync(id, attempt, found.Path, cancellationToken) is null
                )
                {
                    await GiveUpAndForgetAsync(id, found, store, cancellationToken);
                }
            }
        }
    }

    private static Task GiveUpAsync(IPresignedUploads store, BucketUpload found, CancellationToken cancellationToken) =>
        found.Upload.UploadId is null
            ? store.GiveUpAllAsync(found.Upload.Bucket, found.Upload.Key, cancellationToken)
            : store.GiveUpAsync(found.Upload, cancellationToken);

    private async IAsyncEnumerable<BucketUpload> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            if (await blobs.ReadJsonAsync<BucketUpload>(blob.Name, cancellationToken) is { } found)
            {
                yield return found;
            }
        }
    }
}
