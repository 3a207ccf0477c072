using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/{id}: one run.</summary>
public sealed class ShowRun(OwnRuns ownRuns, RecentMetrics metrics)
{
    [Function(nameof(ShowRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Run)] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null)
            return Problems.RunNotFound;
        var resource = await ownRuns.ToResourceAsync(run, cancellationToken);
        return Answers.Json(resource.With(await metrics.ReadAsync(run, cancellationToken)));
    }
}
