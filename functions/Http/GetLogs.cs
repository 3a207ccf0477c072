using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Http;

/// <summary>
/// GET /v3/models/{id}/logs and /metrics: as text, or as server-sent events when the client accepts them; from a byte
/// offset; with <c>follow</c> until the run has ended. The two differ in the blob and in the name of the event only.
/// </summary>
public sealed class GetLogs(OwnRuns ownRuns, IBlobStore blobs, RunFollower follower)
{
    private const string EventStream = "text/event-stream";

    [Function(nameof(GetLogs))]
    public Task<IActionResult> LogsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Run + "/logs")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) => SendAsync(request, runId, RunBlobs.Log, "log", "text/plain; charset=utf-8", cancellationToken);

    [Function("GetMetrics")]
    public Task<IActionResult> MetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Run + "/metrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) => SendAsync(request, runId, RunBlobs.Metrics, "metric", "application/x-ndjson", cancellationToken);

    private async Task<IActionResult> SendAsync(
        HttpRequest request,
        string runId,
        Func<RunId, BlobName> blobOf,
        string eventName,
        string textType,
        CancellationToken cancellationToken
    )
    {
        var response = request.HttpContext.Response;
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null || !TryReadOffset(request, out var offset))
        {
            var problem = run is null
                ? Problems.RunNotFound
                : Problems.Of(
                    StatusCodes.Status400BadRequest,
                    "invalid_offset",
                    "offset is a number of bytes, 0 or more."
                );
            await problem.ExecuteAsync(request.HttpContext);
            return new EmptyResult();
        }
        var source = new RunOutput(blobs, blobOf(run.Id), offset);
        var follow = request.Query["follow"].ToString() is "true" or "1" or "";
        response.Headers.CacheControl = "no-cache";
        if (request.Headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase))
        {
            response.ContentType = EventStream;
            var events = new EventWriter(response.Body, eventName);
            await follower.FollowAsync(run, source, events, follow, cancellationToken);
            return new EmptyResult();
        }
        response.ContentType = textType;
        // Plain text follows only when asked to: a bare GET is for what there is now.
        follow &= request.Query.ContainsKey("follow");
        await follower.FollowAsync(run, source, new PlainTextWriter(response.Body), follow, cancellationToken);
        return new EmptyResult();
    }

    // A reconnecting event source says where it stopped by the last id it saw.
    private static bool TryReadOffset(HttpRequest request, out long offset)
    {
        offset = 0;
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last
            ? last
            : request.Query["offset"].ToString();
        return text.Length == 0 || (long.TryParse(text, out offset) && offset >= 0);
    }
}
