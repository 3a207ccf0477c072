using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>Progress reports: the holder of a lease says how far its command is.</summary>
public sealed class AttemptProgress(IRunStore runs, TimeProvider time)
{
    [Function("ReportProgress")]
    public async Task<IResult> ProgressAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Progress)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var report = await Answers.ReadAsync<ProgressReport>(request, cancellationToken);
        if (AgentInput.Refusal(report) is { } refusal)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_progress", refusal);
        }
        // The service's clock is used: the node's may be wrong.
        var progress = new TrainingProgress
        {
            At = time.GetUtcNow(),
            Step = report.Step,
            Steps = report.Steps,
            Percent = report.Percent,
            SecondsLeft = report.SecondsLeft,
        };
        await runs.ChangeAsync(
            lease.RunId,
            run => run.Attempt == lease.Attempt && !run.Phase.IsTerminal() ? run with { Progress = progress } : null,
            cancellationToken
        );
        return Results.NoContent();
    }
}
