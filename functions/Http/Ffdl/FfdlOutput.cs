using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>
/// GET /v1/models/{id}/logs and /metrics: as bytes, or as frames over a websocket, which always follows the run to its
/// end. With <c>since_time</c>, earlier output is left out and the run is not followed.
/// </summary>
public sealed class FfdlOutput(
    OwnRuns ownRuns,
    IBlobStore blobs,
    RunFollower follower,
    RunRecords records,
    WebSocketFollowing sockets,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    // The command line accepts no other type here, for logs and metrics alike.
    private const string Bytes = "application/octet-stream";

    [Function("FfdlLogs")]
    public Task<IActionResult> LogsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlModel + "/logs")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) => SendAsync(request, runId, OutputKind.Log, cancellationToken);

    [Function("FfdlMetrics")]
    public Task<IActionResult> MetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlModel + "/metrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) => SendAsync(request, runId, OutputKind.Metrics, cancellationToken);

    private async Task<IActionResult> SendAsync(
        HttpRequest request,
        string runId,
        OutputKind kind,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            await Problems.RunNotFound.ExecuteAsync(http);
        }
        else if (http.WebSockets.IsWebSocketRequest)
        {
            await sockets.ServeAsync(
                http,
                (sender, token) => FollowAsync(run, kind, new FfdlFrames(sender, kind), follow: true, token),
                cancellationToken
            );
        }
        else
        {
            await AnswerAsync(http, run, kind, cancellationToken);
        }
        return new EmptyResult();
    }

    private async Task AnswerAsync(
        HttpContext http,
        TrainingRun run,
        OutputKind kind,
        CancellationToken cancellationToken
    )
    {
        var sinceText = http.Request.Query["since_time"].ToString();
        var since = sinceText.Length == 0 ? null : SinceTime.Read(sinceText, time.GetUtcNow());
        if (sinceText.Length > 0 && since is null)
        {
            await FfdlRecords.InvalidSince.ExecuteAsync(http);
            return;
        }
        http.Response.ContentType = Bytes;
        var body = new FfdlBytes(http.Response.Body, kind);
        if (since is { } from)
        {
            await body.WriteAsync(run, records, RecordRange.Since(from), cancellationToken);
            return;
        }
        var follow = http.Request.Query["follow"].ToString() is "true" or "1";
        if (follow)
        {
            await http.Response.Body.FlushAsync(cancellationToken);
        }
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            await FollowAsync(run, kind, body, follow, stopping.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The response is aborted instead of completed, so that the client knows that it is incomplete.
            http.Abort();
        }
    }

    private Task FollowAsync(
        TrainingRun run,
        OutputKind kind,
        IOutputWriter writer,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        var blob = kind is OutputKind.Log ? RunBlobs.Log(run.Id) : RunBlobs.Metrics(run.Id);
        var parts = kind is OutputKind.Log ? OutputParts.Updates : OutputParts.Lines;
        var output = new RunOutput(blobs, blob, offset: 0, parts, time);
        return follower.FollowAsync(run, output, writer, follow, cancellationToken);
    }
}

/// <summary>The two outputs of a run.</summary>
internal enum OutputKind
{
    Log,
    Metrics,
}
