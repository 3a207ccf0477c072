using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>
/// GET /v3/models/{id}/monitor, a websocket: sends a run's log, metrics and states as JSON frames, until the run has
/// ended. With <c>last</c>, the log starts at its last lines.
/// </summary>
public sealed class MonitorRun(
    OwnRuns ownRuns,
    IBlobStore blobs,
    RunFollower follower,
    WebSocketFollowing sockets,
    TimeProvider time
)
{
    private const int MostLast = 1000;

    [Function("WmlMonitor")]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Run + "/monitor")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        var last = request.Query["last"].ToString();
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null || !http.WebSockets.IsWebSocketRequest || !IsLast(last))
        {
            await (run is null ? Problems.RunNotFound : Refusal(http)).ExecuteAsync(http);
            return new EmptyResult();
        }
        var offset =
            last.Length == 0
                ? 0
                : await LogTail.FindAsync(blobs, RunBlobs.Log(run.Id), int.Parse(last), cancellationToken);
        await sockets.ServeAsync(http, (sender, token) => SendAsync(run, offset, sender, token), cancellationToken);
        return new EmptyResult();
    }

    private async Task SendAsync(TrainingRun run, long offset, WebSocketSender sender, CancellationToken token)
    {
        var log = new RunOutput(blobs, RunBlobs.Log(run.Id), offset, OutputParts.Updates, time);
        var metrics = new RunOutput(blobs, RunBlobs.Metrics(run.Id), offset: 0, OutputParts.Lines, time);
        await Task.WhenAll(
            follower.FollowAsync(run, log, new LogFrames(sender), follow: true, token),
            follower.FollowAsync(run, metrics, new MetricFrames(sender), follow: true, token)
        );
    }

    private static bool IsLast(string text) =>
        text.Length == 0 || (int.TryParse(text, out var lines) && lines is >= 1 and <= MostLast);

    private static IResult Refusal(HttpContext http) =>
        http.WebSockets.IsWebSocketRequest
            ? Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_last",
                $"last is a whole number from 1 to {MostLast}."
            )
            : Problems.Of(
                StatusCodes.Status426UpgradeRequired,
                "websocket_needed",
                "Ask for a websocket, or read …/logs and …/metrics."
            );
}
