using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Downloads;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>
/// The model repository: PUT /v3/models/{id}/ml_asset stores a run's model; /v3/ml_assets/models lists, shows,
/// downloads and deletes stored models.
/// </summary>
public sealed class StoreModel(OwnRuns ownRuns, ModelStoring storing, ModelRepository repository, IBlobStore blobs)
{
    [Function(nameof(StoreModel))]
    public async Task<IResult> StoreAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Run + "/ml_asset")] HttpRequest request,
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
        if (run.IsArray)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "run_is_array",
                "An array has no model of its own: store that of one of its runs."
            );
        }
        if (run.Phase is not RunPhase.Completed)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "run_not_completed",
                $"Only a completed run's model can be stored; this one is {run.Phase.ToWire()}."
            );
        }
        var name = (await Answers.ReadOptionalAsync<StoreModelRequest>(request, cancellationToken))?.Name;
        var model = await storing.StoreAsync(client, run, name, cancellationToken);
        if (model is not null)
        {
            return Answers.Json(StoredModelForms.Of(request, model), StatusCodes.Status202Accepted);
        }
        // Read again: the model may have been deleted since the record was read.
        return ModelProblems.Missing(
            await ownRuns.FindAsync(request, runId, cancellationToken) ?? run,
            StatusCodes.Status409Conflict,
            "The run wrote nothing to $RESULT_DIR/model, so there is no model to store."
        );
    }

    [Function("ListStoredModels")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.StoredModels)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var models = await repository.ListAsync(Caller.Of<UserCaller>(request).Owner, cancellationToken);
        return Answers.Json(
            new StoredModelListResource { Resources = [.. models.Select(model => StoredModelForms.Of(request, model))] }
        );
    }

    [Function("ShowStoredModel")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.StoredModel)] HttpRequest request,
        string modelId,
        CancellationToken cancellationToken
    )
    {
        var model = await FindAsync(request, modelId, cancellationToken);
        return model is null ? StoredModelForms.NotFound : Answers.Json(StoredModelForms.Of(request, model));
    }

    [Function("DeleteStoredModel")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.StoredModel)] HttpRequest request,
        string modelId,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(request, modelId, cancellationToken) is not { } model)
        {
            return StoredModelForms.NotFound;
        }
        await repository.DeleteAsync(model, cancellationToken);
        return Results.NoContent();
    }

    [Function("GetStoredModelContent")]
    public async Task<IActionResult> DownloadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.StoredModel + "/content")] HttpRequest request,
        string modelId,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        if (await FindAsync(request, modelId, cancellationToken) is not { } model)
        {
            await StoredModelForms.NotFound.ExecuteAsync(http);
            return new EmptyResult();
        }
        if (model.IsBeingStored)
        {
            await StoredModelForms.BeingStored.ExecuteAsync(http);
            return new EmptyResult();
        }
        http.Response.ContentType = "application/gzip";
        ModelFiles.Permit(http);
        await new ModelFiles(blobs, ModelRepository.FilesOf(model)).WriteTarGzAsync(
            http.Response.Body,
            cancellationToken
        );
        return new EmptyResult();
    }

    private async Task<StoredModel?> FindAsync(
        HttpRequest request,
        string modelId,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(modelId, out var id)
            ? await repository.FindAsync(Caller.Of<UserCaller>(request).Owner, id, cancellationToken)
            : null;
}
