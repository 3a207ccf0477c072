using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Http;

/// <summary>DELETE /v3/models/{id}: forgets an ended run. Buckets and stored models stay as they are.</summary>
public sealed class DeleteRun(OwnRuns ownRuns, RunEraser eraser)
{
    [Function(nameof(DeleteRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Run)] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null)
            return Problems.RunNotFound;
        if (!run.Phase.IsTerminal())
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "run_not_finished",
                "The run has not ended. Cancel it first, then delete it."
            );
        await client.PurgeInstanceAsync(run.Id.ToString(), cancellation: cancellationToken);
        await eraser.EraseAsync(run, cancellationToken);
        return Results.NoContent();
    }
}
