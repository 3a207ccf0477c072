using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/{id}: one run.</summary>
public sealed class ShowRun(OwnRuns ownRuns, FailureExplanations explanations, RecentMetrics metrics, LogKeys keys)
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
        {
            return Problems.RunNotFound;
        }
        var shown = await ownRuns.ToResourceAsync(run, cancellationToken);
        var status = shown.Entity.Status with { Failure = await explanations.FindAsync(run, cancellationToken) };
        var recent = await metrics.ReadAsync(run, cancellationToken);
        shown = (shown with { Entity = shown.Entity with { Status = status } }).With(recent).With(request);
        return Answers.Json(Caller.Of<UserCaller>(request).HasToken ? shown.With(request, keys.Create(run.Id)) : shown);
    }
}
