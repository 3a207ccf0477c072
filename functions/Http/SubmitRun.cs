using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>
/// POST /v3/models: starts a run from a manifest and a model archive or, with a JSON body, from a manifest that names a
/// training definition.
/// </summary>
public sealed class SubmitRun(SubmittedRuns submitted, JsonSubmission json, OwnRuns ownRuns)
{
    [Function(nameof(SubmitRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Runs)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var (run, problem) = JsonSubmission.IsMeantBy(request)
            ? await TakeJsonAsync(request, client, cancellationToken)
            : await submitted.TakeAsync(request, client, cancellationToken);
        if (run is null)
        {
            return problem!;
        }
        request.HttpContext.Response.Headers.Location = RunResourceMapper.UrlOf(run.Id);
        var shown = await ownRuns.ToResourceAsync(run, cancellationToken);
        return Answers.Json(shown.With(request), StatusCodes.Status202Accepted);
    }

    private async Task<(TrainingRun? Run, IResult? Problem)> TakeJsonAsync(
        HttpRequest request,
        DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var (read, problem) = await json.ReadAsync(request, cancellationToken);
        if (read is null)
        {
            return (null, problem);
        }
        await using (read)
        {
            return await submitted.TakeAsync(
                request,
                client,
                read.Manifest,
                read.Archive,
                read.DefinitionId,
                cancellationToken
            );
        }
    }
}
