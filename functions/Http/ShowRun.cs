using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/{id}: one run.</summary>
public sealed class ShowRun(OwnRuns ownRuns)
{
    [Function(nameof(ShowRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Run)] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        return run is null ? Problems.RunNotFound : Answers.Json(await ownRuns.ToResourceAsync(run, cancellationToken));
    }
}
