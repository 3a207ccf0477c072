using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Models;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>Maps a stored model to its wire form.</summary>
internal static class StoredModelForms
{
    public static IResult NotFound =>
        Problems.Of(StatusCodes.Status404NotFound, "model_not_found", "There is no stored model of this id.");

    public static IResult BeingStored =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "model_being_stored",
            "The model's files are still being copied; its content_status says when they are there."
        );

    public static StoredModelResource Of(HttpRequest request, StoredModel model)
    {
        var path = $"{Routes.StoredModels}/{model.Id}";
        var url = ServiceAddress.Of(request, path);
        return new StoredModelResource
        {
            Metadata = new ResourceMetadata
            {
                Guid = model.Id.ToString(),
                Url = $"/{path}",
                CreatedAt = model.StoredAt,
                ModifiedAt = model.StoredAt,
            },
            Entity = new StoredModelEntity
            {
                MlAssetGuid = model.Id.ToString(),
                MlAssetUrl = url,
                Name = model.Name,
                ModelType = model.Type,
                TrainingRunId = model.RunId.ToString(),
                Files = model.Files,
                Bytes = model.Bytes,
                ModelVersion = new ModelVersionResource
                {
                    Guid = model.Id.ToString(),
                    Url = url,
                    ContentUrl = $"{url}/content",
                    ContentStatus = new ContentStatusResource(model.IsBeingStored ? "persisting" : "persisted"),
                    CreatedAt = model.StoredAt,
                },
            },
        };
    }
}
