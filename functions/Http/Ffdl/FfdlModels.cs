using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>/v1/models, FfDL's interface to runs: train, list, show, halt, delete.</summary>
public sealed class FfdlModels(
    SubmittedRuns submitted,
    OwnRuns ownRuns,
    RecentMetrics recentMetrics,
    RunCancellation cancellation,
    RunRemoval removal
)
{
    // FfDL's clients ask for all runs at once and know no pages.
    private const int MostListed = 1000;

    [Function("FfdlTrain")]
    public async Task<IResult> TrainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.FfdlModels)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var (run, problem) = await submitted.TakeAsync(request, client, cancellationToken);
        if (run is null)
        {
            return problem!;
        }
        // A bare path: FfDL's command line would print an absolute address whole as the run's id.
        var location = FfdlMapper.UrlOf(run.Id);
        request.HttpContext.Response.Headers.Location = location;
        return Answers.Json(new FfdlBasicModel(run.Id.ToString(), location), StatusCodes.Status201Created);
    }

    [Function("FfdlList")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.FfdlModels)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var page = await ownRuns.ListAsync(request, MostListed, continuation: null, phases: null, cancellationToken);
        return Answers.Json(new FfdlList<FfdlModel>([.. page.Runs.Select(run => run.ToModel([]))]));
    }

    [Function("FfdlShow")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.FfdlModel)] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        var metrics = await recentMetrics.ReadAsync(run, cancellationToken);
        // Only the last record of each group, as a summary.
        return Answers.Json(run.ToModel([.. metrics.GroupBy(m => m.Group).Select(group => group.Last())]));
    }

    [Function("FfdlHalt")]
    public async Task<IResult> HaltAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Routes.FfdlModel)] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        if ((await Answers.ReadAsync<FfdlChange>(request, cancellationToken)).Status != "halt")
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "unsupported_patch",
                """Only {"status":"halt"} is supported."""
            );
        }
        if (!run.Phase.IsTerminal())
        {
            await cancellation.CancelAsync(client, run, cancellationToken);
        }
        return Answers.Json(new FfdlBasicModel(run.Id.ToString()), StatusCodes.Status202Accepted);
    }

    [Function("FfdlDelete")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.FfdlModel)] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        await removal.RemoveAsync(client, run, cancellationToken);
        return Answers.Json(new FfdlBasicModel(run.Id.ToString()));
    }
}
