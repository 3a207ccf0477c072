using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>The outputs that the holder of a lease sends: log, metrics, staged files.</summary>
public sealed class AttemptOutputs(IBlobStore blobs, IDirectBlobs directBlobs, IBlobSpace space, RunSnapshots snapshots)
{
    // A node sends its log in small pieces; more at once is a mistake or an attack on our memory.
    private const int MaxAppendBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan UploadLifetime = TimeSpan.FromHours(12);

    // Lifetime of an append address: for this long, a node that lost its lease but cannot be told may still append.
    private static readonly TimeSpan AppendLifetime = TimeSpan.FromMinutes(10);

    [Function("AppendLog")]
    public Task<IResult> LogAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Log)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AppendAsync(request, BlobOf(request, RunBlobs.Log), cancellationToken);

    [Function("AppendMetrics")]
    public Task<IResult> MetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Metrics)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AppendAsync(request, BlobOf(request, RunBlobs.Metrics), cancellationToken);

    [Function("AppendLogTimes")]
    public Task<IResult> LogTimesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.LogTimes)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AppendAsync(request, BlobOf(request, RunBlobs.LogTimes), cancellationToken);

    [Function("CreateLogTimesAddress")]
    public Task<IResult> LogTimesAddressAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.LogTimesAddress)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AddressAsync(BlobOf(request, RunBlobs.LogTimes), cancellationToken);

    [Function("AppendSystem")]
    public Task<IResult> SystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.System)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AppendAsync(request, BlobOf(request, RunBlobs.System), cancellationToken);

    [Function("CreateSystemAddress")]
    public Task<IResult> SystemAddressAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.SystemAddress)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AddressAsync(BlobOf(request, RunBlobs.System), cancellationToken);

    [Function("CreateLogAddress")]
    public Task<IResult> LogAddressAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.LogAddress)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AddressAsync(BlobOf(request, RunBlobs.Log), cancellationToken);

    [Function("CreateMetricsAddress")]
    public Task<IResult> MetricsAddressAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.MetricsAddress)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) => AddressAsync(BlobOf(request, RunBlobs.Metrics), cancellationToken);

    [Function("CreateUpload")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Uploads)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var body = await Answers.ReadAsync<UploadRequest>(request, cancellationToken);
        if (!RunBlobs.TryStaged(lease.RunId, lease.Attempt, status.Learner, body.Path, out var name))
        {
            return InvalidPath;
        }
        if (body.Bytes is < 0 or > UploadRequest.MostBytes)
        {
            return DirectTargets.InvalidBytes;
        }
        if (await directBlobs.CreateUploadAsync(name, body.Bytes, UploadLifetime, cancellationToken) is { } direct)
        {
            return Answers.Json(DirectTargets.Of(direct));
        }
        EnsureRoom(body.Bytes);
        var folder = AgentRoutes.Attempt(lease.RunId, lease.Attempt);
        var url = $"{folder}/{AgentRoutes.Staging}?path={Uri.EscapeDataString(body.Path)}";
        return Answers.Json(new UploadTarget { Url = url, GroupUrl = $"{folder}/{AgentRoutes.StagingGroup}" });
    }

    [Function("StageFile")]
    public async Task<IResult> StageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Attempt + "/" + AgentRoutes.Staging)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var path = request.Query["path"].ToString();
        if (!RunBlobs.TryStaged(lease.RunId, lease.Attempt, status.Learner, path, out var name))
        {
            return InvalidPath;
        }
        var sha256 = request.Headers[AgentRoutes.Sha256Header].ToString();
        try
        {
            await blobs.PutAsync(name, request.Body, sha256.Length == 0 ? null : sha256, cancellationToken);
            return Results.NoContent();
        }
        catch (BlobChecksumException e)
        {
            return ChecksumMismatch(e);
        }
    }

    private static BlobName BlobOf(HttpRequest request, Func<RunId, int, BlobName> ofLearner)
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        return ofLearner(lease.RunId, status.Learner);
    }

    // Refuses a file that does not fit before the node sends it.
    private void EnsureRoom(long bytes)
    {
        var now = space.Read();
        if (now.FreeBytes - now.ReservedBytes < bytes)
        {
            throw new InsufficientStorageException();
        }
    }

    internal static IResult ChecksumMismatch(BlobChecksumException e) =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, "checksum_mismatch", e.Message);

    internal static IResult InvalidPath =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_path",
            "The path cannot be stored: see the rules of blob names."
        );

    private static IResult TooLarge =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "append_too_large",
            $"At most {MaxAppendBytes} bytes at once."
        );

    // One byte more than announced, so that a longer body is noticed instead of cut.
    private static int BufferBytes(long? announced) => (int)Math.Min(announced ?? MaxAppendBytes, MaxAppendBytes) + 1;

    private async Task<IResult> AddressAsync(BlobName name, CancellationToken cancellationToken) =>
        await directBlobs.CreateAppendAsync(name, AppendLifetime, cancellationToken) is { } direct
            ? Answers.Json(DirectTargets.Of(direct, AppendLifetime))
            : Results.NoContent();

    private async Task<IResult> AppendAsync(HttpRequest request, BlobName name, CancellationToken cancellationToken)
    {
        if (!long.TryParse(request.Query["offset"].ToString(), out var offset) || offset < 0)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_offset",
                "offset is a number of bytes, 0 or more."
            );
        }
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes(request.ContentLength));
        try
        {
            var wanted = Math.Min(buffer.Length, MaxAppendBytes + 1);
            var read = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, wanted),
                wanted,
                throwOnEndOfStream: false,
                cancellationToken
            );
            if (read > MaxAppendBytes)
            {
                return TooLarge;
            }
            var result = await blobs.AppendAsync(name, offset, buffer.AsMemory(0, read), cancellationToken);
            snapshots.Tell(name);
            return Answers.Json(new AppendAnswer { Written = result.Written, Length = result.Length });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
