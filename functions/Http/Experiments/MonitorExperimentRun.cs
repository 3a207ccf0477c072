using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Experiments;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>
/// GET /v3/experiments/{id}/runs/{run}/monitor, a websocket: the logs and metrics of all training runs of the
/// experiment run as JSON frames, until it has ended.
/// </summary>
public sealed class MonitorExperimentRun(OwnExperiments own, TrialFollowing following, WebSocketFollowing sockets)
{
    [Function("WmlMonitorExperiment")]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.ExperimentRun + "/monitor")]
            HttpRequest request,
        string experimentId,
        string experimentRunId,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        var run = await own.FindRunAsync(request, experimentId, experimentRunId, cancellationToken);
        if (run is null || !http.WebSockets.IsWebSocketRequest)
        {
            await (run is null ? ExperimentAnswers.RunNotFound : WebSocketNeeded).ExecuteAsync(http);
            return new EmptyResult();
        }
        await sockets.ServeAsync(http, (sender, token) => following.SendAsync(run, sender, token), cancellationToken);
        return new EmptyResult();
    }

    private static IResult WebSocketNeeded =>
        Problems.Of(
            StatusCodes.Status426UpgradeRequired,
            "websocket_needed",
            "Ask for a websocket, or read …/logs and …/metrics of each training run."
        );
}
