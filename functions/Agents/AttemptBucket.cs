using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Presigned uploads of large results: the holder of a lease sends them straight into the user's bucket.
/// </summary>
public sealed class AttemptBucket(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IDispatchQueue queue,
    BucketUploads uploads
)
{
    // Long enough for a hundred parts over a slow line; the agent asks for new addresses when these expire.
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromHours(1);

    // Room for a commit with the most parts that an upload may have.
    private const int MostBytesOfCommit = 4 * 1024 * 1024;
    private const int MostParts = 10_000;
    private const int LongestChecksum = 256;

    [Function("CreateBucketUpload")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.BucketUploads)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var body = await Answers.ReadAsync<BucketUploadRequest>(request, cancellationToken);
        if (!RunBlobs.TryStaged(lease.RunId, lease.Attempt, status.Learner, body.Path, out _))
        {
            return InvalidPath;
        }
        if (body.Bytes is < 0 or > UploadRequest.MostBytes || body.FirstPart < 0)
        {
            return DirectTargets.InvalidBytes;
        }
        var run = (await runs.GetAsync(lease.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        if (run is null || runSecrets is null)
        {
            return Problems.RunNotFound;
        }
        // The node does not know the store's own certificate authority, so such results go through staging.
        if (run.Manifest.TrainingResults.CaCertificate is not null || !BucketUploads.IsFor(body.Path))
        {
            return Results.NoContent();
        }
        try
        {
            await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
            var target = await BeginAsync(run, lease, body, store, cancellationToken);
            return target is null ? Results.NoContent() : Answers.Json(target);
        }
        catch (ObjectStoreException)
        {
            // The file is staged instead; whatever is wrong with the bucket is reported when the results are stored.
            return Results.NoContent();
        }
    }

    [Function("CommitBucketUpload")]
    public async Task<IResult> CommitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.BucketCommits)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var commit = await Answers.ReadAsync<BucketUploadCommit>(request, MostBytesOfCommit, cancellationToken);
        if (!IsPossible(commit))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_commit",
                $"A commit has the SHA-256 in lower-case hex, and checksum and MD5 of 1 to {MostParts} parts."
            );
        }
        if (!RunBlobs.TryStaged(lease.RunId, lease.Attempt, status.Learner, commit.Path, out _))
        {
            return InvalidPath;
        }
        return await uploads.TryCommitAsync(lease.RunId, lease.Attempt, commit, cancellationToken)
            ? Results.NoContent()
            : Problems.Of(
                StatusCodes.Status409Conflict,
                "upload_unknown",
                "No upload of this path, length and number of parts was begun."
            );
    }

    private static bool IsPossible(BucketUploadCommit commit) =>
        IsHex(commit.Sha256, 64)
        && commit.Parts.Count is > 0 and <= MostParts
        && commit.Parts.All(p => p is { Checksum.Length: > 0 and <= LongestChecksum } && IsHex(p.Md5, 32));

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    private static IResult InvalidPath =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_path",
            "The path cannot be stored: see the rules of blob names."
        );

    private async Task<BucketUploadTarget?> BeginAsync(
        TrainingRun run,
        LeaseKey lease,
        BucketUploadRequest body,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        if (store.PresignedUploads is not { } presigned)
        {
            return null;
        }
        var begun = await uploads.BeginAsync(run, lease.Attempt, body.Path, body.Bytes, presigned, cancellationToken);
        if (begun is not { Upload: var upload } || body.FirstPart >= upload.Parts)
        {
            return null;
        }
        await EnsureHeldAsync(lease, begun, presigned, cancellationToken);
        var count = Math.Min(BucketUploadRequest.MostParts, upload.Parts - body.FirstPart);
        var addresses = await presigned.PresignAsync(upload, body.FirstPart, count, AddressLifetime, cancellationToken);
        return new BucketUploadTarget
        {
            PartBytes = upload.PartBytes,
            Addresses = [.. addresses.Select(address => address.AbsoluteUri)],
            SendETag = presigned.ChecksETags,
            AnswersWithETags = presigned.AnswersWithETags,
        };
    }

    // An attempt that has lost its lease gets no addresses. Its upload is aborted here, as nothing else would do so.
    private async Task EnsureHeldAsync(
        LeaseKey lease,
        BucketUpload begun,
        IPresignedUploads presigned,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await queue.RenewAsync(lease, extend: null, cancellationToken);
        }
        catch (LeaseLostException)
        {
            await uploads.GiveUpAndForgetAsync(lease.RunId, begun, presigned, cancellationToken);
            throw;
        }
    }
}
