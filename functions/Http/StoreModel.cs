using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>The repository: PUT /v3/models/{id}/ml_asset stores a run's model, GET /v3/ml_assets/models shows what is stored.</summary>
public sealed class StoreModel(OwnRuns ownRuns, ModelRepository repository)
{
    [Function(nameof(StoreModel))]
    public async Task<IResult> StoreAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Run + "/ml_asset")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null)
            return Problems.RunNotFound;
        if (run.Phase is not RunPhase.Completed)
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "run_not_completed",
                $"Only a completed run's model can be stored; this one is {run.Phase.ToWire()}."
            );
        var name = (await Answers.ReadOptionalAsync<StoreModelRequest>(request, cancellationToken))?.Name;
        var model = await repository.StoreAsync(run, name, cancellationToken);
        return model is null
            ? Problems.Of(
                StatusCodes.Status409Conflict,
                "model_missing",
                "The run wrote nothing to $RESULT_DIR/model, so there is no model to store."
            )
            : Answers.Json(ToResource(model), StatusCodes.Status202Accepted);
    }

    [Function("ListStoredModels")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.StoredModels)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var models = await repository.ListAsync(Caller.Of<UserCaller>(request).Owner, cancellationToken);
        return Answers.Json(new StoredModelListResource { Resources = [.. models.Select(ToResource)] });
    }

    [Function("ShowStoredModel")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.StoredModel)] HttpRequest request,
        string modelId,
        CancellationToken cancellationToken
    )
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        var model = Guid.TryParse(modelId, out var id)
            ? await repository.FindAsync(owner, id, cancellationToken)
            : null;
        return model is null
            ? Problems.Of(StatusCodes.Status404NotFound, "model_not_found", "There is no stored model of this id.")
            : Answers.Json(ToResource(model));
    }

    private static StoredModelResource ToResource(StoredModel model) =>
        new()
        {
            Metadata = new ResourceMetadata
            {
                Guid = model.Id.ToString(),
                Url = $"/{Routes.StoredModels}/{model.Id}",
                CreatedAt = model.StoredAt,
                ModifiedAt = model.StoredAt,
            },
            Entity = new StoredModelEntity
            {
                MlAssetGuid = model.Id.ToString(),
                Name = model.Name,
                ModelType = model.Type,
                TrainingRunId = model.RunId.ToString(),
                Files = model.Files,
                Bytes = model.Bytes,
            },
        };
}
