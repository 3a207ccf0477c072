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
/// offset; with <c>follow</c> until the run has ended. The two routes differ only in the blob and the event's name.
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
        Func<RunId, int, BlobName> ofLearner,
        string eventName,
        string textType,
        CancellationToken cancellationToken
    )
    {
        var isLog = eventName == LogEvent;
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        var (query, problem) = OutputQuery.Read(request, time.GetUtcNow(), isLog, run?.Learners ?? 1);
        if (run is null || query is null)
        {
            await (run is null ? Problems.RunNotFound : problem!).ExecuteAsync(request.HttpContext);
            return new EmptyResult();
        }
        var blob = ofLearner(run.Id, query.Learner);
        var times = query.NeedsTimes ? new TimedOutput(blobs, run.Id, query.Learner) : null;
        if (times is not null && !await times.HasTimesAsync(cancellationToken))
        {
            await WithoutTimes.ExecuteAsync(request.HttpContext);
            return new EmptyResult();
        }
        var offset = await FindStartAsync(query, blob, times, cancellationToken);
        var source = new RunOutput(blobs, blob, offset, isLog ? OutputParts.Updates : OutputParts.Lines, time)
        {
            Until = query.UntilMs is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null,
        };
        var isEvents = IsEvents(request);
        Begin(request.HttpContext.Response, offset, isEvents ? EventStream : textType);
        IOutputWriter writer = isEvents
            ? new EventWriter(
                request.HttpContext.Response.Body,
                IsExact(request, eventName) ? EventWriter.Exact : eventName
            )
            : new PlainTextWriter(request.HttpContext.Response.Body);
        writer =
            times is not null ? await times.FilterAsync(writer, query, offset, cancellationToken)
            : query.Grep is { } wanted ? new MatchingLinesWriter(writer, wanted)
            : writer;
        await FollowAsync(request, run, source, writer, isEvents, cancellationToken);
        return new EmptyResult();
    }

    private static IResult WithoutTimes =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "log_without_times",
            "When the lines of this log were printed was not kept: its node or the service was of before."
        );

    private async Task<long> FindStartAsync(
        OutputQuery query,
        BlobName blob,
        TimedOutput? times,
        CancellationToken cancellationToken
    )
    {
        if (query.Tail is { } lines)
        {
            return await LogTail.FindAsync(blobs, blob, lines, cancellationToken);
        }
        return times is not null && query is { SinceMs: { } since, Offset: 0 }
            ? await times.FindStartAsync(since, cancellationToken)
            : query.Offset;
    }

    private static bool IsEvents(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase);

    private static void Begin(HttpResponse response, long offset, string type)
    {
        // The offset of the first byte of the body: with tail, the client does not know it.
        response.Headers[OffsetHeader] = offset.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-cache";
        // A buffering proxy would show nothing until the run has ended.
        response.Headers["X-Accel-Buffering"] = "no";
        response.ContentType = type;
    }

    private static bool IsExact(HttpRequest request, string eventName) =>
        eventName == LogEvent && request.Query["text"] == "json";

    private async Task FollowAsync(
        HttpRequest request,
        TrainingRun run,
        RunOutput source,
        IOutputWriter writer,
        bool isEvents,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        var follow = request.Query["follow"].ToString();
        // Events follow by default. Plain text follows only on request: a plain GET asks for the current content.
        var isFollowed = follow is "true" or "1" || (isEvents && follow.Length == 0);
        // Sends the headers at once, so that the client knows that the request was accepted before anything is printed.
        if (isFollowed)
        {
            await http.Response.Body.FlushAsync(cancellationToken);
        }
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
            // The response is aborted instead of completed, so that the client reconnects with its offset.
            http.Abort();
        }
    }
}
