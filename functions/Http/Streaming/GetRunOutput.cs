using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// GET /v3/models/{id}/logs and /metrics: as text, or as server-sent events when the client accepts them; from a byte
/// offset; with <c>follow</c> until the run has ended. The two differ in the blob and in the name of the event only.
/// </summary>
public sealed class GetRunOutput(
    OwnRuns ownRuns,
    IBlobStore blobs,
    RunFollower follower,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    private const string EventStream = "text/event-stream";
    private const string LogEvent = "log";
    private const string OffsetHeader = "Trainyard-Log-Offset";

    [Function("GetLogs")]
    public Task<IActionResult> LogsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Run + "/logs")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) => SendAsync(request, runId, RunBlobs.Log, LogEvent, "text/plain; charset=utf-8", cancellationToken);

    [Function("GetMetrics")]
    public Task<IActionResult> MetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Run + "/metrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            request,
            runId,
            request.Query["group"] == OutputQuery.SystemGroup ? RunBlobs.System : RunBlobs.Metrics,
            "metric",
            "application/x-ndjson",
            cancellationToken
        );

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
        var (query, problem) = OutputQuery.Read(request);
        if (run is null || query is null)
        {
            await (run is null ? Problems.RunNotFound : problem!).ExecuteAsync(request.HttpContext);
            return new EmptyResult();
        }
        var offset = query.Tail is { } lines
            ? await LogTail.FindAsync(blobs, blobOf(run.Id), lines, cancellationToken)
            : query.Offset;
        var parts = eventName == LogEvent ? OutputParts.Updates : OutputParts.Lines;
        var source = new RunOutput(blobs, blobOf(run.Id), offset, parts, time);
        var follow = request.Query["follow"].ToString();
        // Where what follows begins: with tail, the client does not know.
        response.Headers[OffsetHeader] = offset.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-cache";
        // A proxy that gathers the answer would show nothing until the run has ended.
        response.Headers["X-Accel-Buffering"] = "no";
        var isEvents = request.Headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase);
        response.ContentType = isEvents ? EventStream : textType;
        IOutputWriter writer = isEvents
            ? new EventWriter(response.Body, IsExact(request, eventName) ? EventWriter.Exact : eventName)
            : new PlainTextWriter(response.Body);
        if (query.Grep is { } wanted)
        {
            writer = new MatchingLinesWriter(writer, wanted);
        }
        // Events follow unless told not to; plain text only when asked to: a bare GET is for what there is now.
        var isFollowed = follow is "true" or "1" || (isEvents && follow.Length == 0);
        // Who follows learns at once that the request was taken, however long nothing is printed.
        if (isFollowed)
        {
            await response.Body.FlushAsync(cancellationToken);
        }
        await FollowAsync(request.HttpContext, run, source, writer, isFollowed, cancellationToken);
        return new EmptyResult();
    }

    private static bool IsExact(HttpRequest request, string eventName) =>
        eventName == LogEvent && request.Query["text"] == "json";

    private async Task FollowAsync(
        HttpContext http,
        TrainingRun run,
        RunOutput source,
        IOutputWriter writer,
        bool isFollowed,
        CancellationToken cancellationToken
    )
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            await follower.FollowAsync(run, source, writer, isFollowed, stopping.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Broken off, not ended: the client sees the difference and comes back with its offset.
            http.Abort();
        }
    }
}
