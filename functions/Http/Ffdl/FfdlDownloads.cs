using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Downloads;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>
/// GET /v1/models/{id}/definition and /trained_model: zips, sent with the media type that FfDL's command line accepts.
/// </summary>
public sealed class FfdlDownloads(OwnRuns ownRuns, IBlobStore blobs)
{
    private const string Bytes = "application/octet-stream";

    [Function("FfdlDefinition")]
    public async Task<IResult> DefinitionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlModel + "/definition")]
            HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        var content = await blobs.OpenReadAsync(RunBlobs.Archive(run.ArchiveKey), 0, null, cancellationToken);
        return content is null ? Problems.RunNotFound : Results.Stream(content, Bytes);
    }

    [Function("FfdlTrainedModel")]
    public async Task<IActionResult> TrainedModelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlModel + "/trained_model")]
            HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var response = request.HttpContext.Response;
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        var files = run is null ? null : new ModelFiles(blobs, RunBlobs.ModelPrefix(run.Id, run.Attempt));
        if (files is null || !await files.AreThereAsync(cancellationToken))
        {
            await (run is null ? Problems.RunNotFound : NoModel(run)).ExecuteAsync(request.HttpContext);
            return new EmptyResult();
        }
        response.ContentType = Bytes;
        ModelFiles.Permit(request.HttpContext);
        await files.WriteZipAsync(response.Body, cancellationToken);
        return new EmptyResult();
    }

    private static IResult NoModel(TrainingRun run) =>
        ModelProblems.Missing(
            run,
            StatusCodes.Status404NotFound,
            run.Phase.IsTerminal()
                ? "The run wrote nothing to $RESULT_DIR/model; what else it wrote is in its results bucket."
                : $"The run has not ended: it is {run.Phase.ToWire()}."
        );
}
