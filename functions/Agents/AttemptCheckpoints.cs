using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Checkpoints: the holder of a lease saves them while its command runs, and fetches those of an earlier attempt.
/// </summary>
public sealed partial class AttemptCheckpoints(
    RunCheckpoints checkpoints,
    IDispatchQueue queue,
    IBlobStore blobs,
    IDirectBlobs directBlobs,
    ILogger<AttemptCheckpoints> logger
)
{
    // Room for the most files that a checkpoint may have, with the longest paths.
    private const int MostBytesOfCommit = 64 * 1024 * 1024;
    private static readonly TimeSpan UploadLifetime = TimeSpan.FromHours(12);

    [Function("FetchCheckpoint")]
    public async Task<IResult> FindAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.Checkpoint)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        return await checkpoints.FindAsync(lease.RunId, cancellationToken) is { } saved
            ? Answers.Json(saved with { Files = [.. saved.Files.Select(f => f with { Url = Url(lease, f.Sha256) })] })
            : Results.NoContent();
    }

    [Function("CommitCheckpoint")]
    public async Task<IResult> CommitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Checkpoint)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var commit = await Answers.ReadAsync<CheckpointCommit>(request, MostBytesOfCommit, cancellationToken);
        if (commit.Files.Any(file => file is not { Bytes: >= 0 }))
        {
            return InvalidCheckpoint;
        }
        var result = await checkpoints.CommitAsync(lease.RunId, lease.Attempt, commit, cancellationToken);
        if (result is CheckpointCommitResult.Committed)
        {
            await TryTellAsync(lease, cancellationToken);
        }
        return result switch
        {
            CheckpointCommitResult.Committed => Results.NoContent(),
            CheckpointCommitResult.Incomplete => Problems.Of(
                StatusCodes.Status409Conflict,
                "checkpoint_incomplete",
                "The content of a file is missing: send all of them again."
            ),
            _ => InvalidCheckpoint,
        };
    }

    // Without it only the choice of who gives way is worse: the checkpoint is saved.
    private async Task TryTellAsync(LeaseKey lease, CancellationToken cancellationToken)
    {
        try
        {
            await queue.SavedAsync(lease.RunId, lease.Attempt, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(lease.RunId.ToString(), lease.Attempt, e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The queue does not know that {RunId}, attempt {Attempt}, saved a checkpoint")]
    private partial void LogNotTold(string runId, int attempt, Exception exception);

    private static IResult InvalidCheckpoint =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_checkpoint",
            $"A checkpoint has 1 to {CheckpointCommit.MostFiles} files of different paths that can be stored."
        );

    [Function("CreateCheckpointUpload")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "post",
            Route = Routes.Attempt + "/" + AgentRoutes.CheckpointUploads
        )]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var body = await Answers.ReadAsync<UploadRequest>(request, cancellationToken);
        if (!RunBlobs.TryCheckpointContent(lease.RunId, body.Path, out var name))
        {
            return InvalidSha256;
        }
        if (body.Bytes is < 0 or > UploadRequest.MostBytes)
        {
            return DirectTargets.InvalidBytes;
        }
        var target = await directBlobs.CreateUploadAsync(name, body.Bytes, UploadLifetime, cancellationToken)
            is { } direct
            ? DirectTargets.Of(direct)
            : new UploadTarget { Url = Url(lease, body.Path) };
        return Answers.Json(target);
    }

    [Function("SaveCheckpointContent")]
    public async Task<IResult> SaveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Attempt + "/" + AgentRoutes.CheckpointContent)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var sha256 = request.Query["sha256"].ToString();
        if (!RunBlobs.TryCheckpointContent(Caller.Of<LeaseCaller>(request).Lease.RunId, sha256, out var name))
        {
            return InvalidSha256;
        }
        try
        {
            await blobs.PutAsync(name, request.Body, sha256, cancellationToken);
            return Results.NoContent();
        }
        catch (BlobChecksumException e)
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "checksum_mismatch", e.Message);
        }
    }

    [Function("FetchCheckpointContent")]
    public async Task<IResult> ContentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.CheckpointContent)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var sha256 = request.Query["sha256"].ToString();
        if (!RunBlobs.TryCheckpointContent(Caller.Of<LeaseCaller>(request).Lease.RunId, sha256, out var name))
        {
            return InvalidSha256;
        }
        var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        return content is null
            ? Problems.Of(
                StatusCodes.Status404NotFound,
                "checkpoint_content_not_found",
                "A later checkpoint has replaced it."
            )
            : Results.Stream(content, "application/octet-stream");
    }

    private static IResult InvalidSha256 =>
        Problems.Of(StatusCodes.Status400BadRequest, "invalid_sha256", "A SHA-256 is 64 lower-case hex digits.");

    private static string Url(LeaseKey lease, string sha256) =>
        $"{AgentRoutes.Attempt(lease.RunId, lease.Attempt)}/{AgentRoutes.CheckpointContent}?sha256={sha256}";
}
