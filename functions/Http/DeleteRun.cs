using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>
/// DELETE /v3/models/{id}: erases an ended run. Buckets and stored models stay as they are. For callers with a key, a
/// run that has not ended is a conflict; for callers with a login token (clients of 2018) it is canceled and hidden, as
/// the service of 2018 did.
/// </summary>
public sealed class DeleteRun(OwnRuns ownRuns, OrphanedRuns orphans, RunDeletion deletion, RunRemoval removal)
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
        {
            return Problems.RunNotFound;
        }
        if (Caller.Of<UserCaller>(request).HasToken)
        {
            await removal.RemoveAsync(client, run, cancellationToken);
            return Results.NoContent();
        }
        if (!run.Phase.IsTerminal())
        {
            run = await orphans.TryEndAsync(client, run.Id, cancellationToken);
        }
        if (run is null)
        {
            return Results.NoContent();
        }
        if (!run.Phase.IsTerminal())
        {
            return NotFinished("The run has not ended. Cancel it first, then delete it.");
        }
        return await deletion.TryDeleteAsync(client, run, cancellationToken)
            ? Results.NoContent()
            : NotFinished("The run has ended, but its last steps go on. Delete it again in a minute.");
    }

    private static IResult NotFinished(string detail) =>
        Problems.Of(StatusCodes.Status409Conflict, "run_not_finished", detail);
}
