using Trainyard.Contracts;

namespace Trainyard.Cli.Tests.Fakes;

internal static class SampleModels
{
    public const string Id = "19db0ae7-3a9d-44e7-8e9d-fce3f4f8e0eb";

    public static StoredModelResource Stored() =>
        new()
        {
            Metadata = new ResourceMetadata
            {
                Guid = Id,
                Url = $"/v3/ml_assets/models/{Id}",
                CreatedAt = DocumentedRuns.Submitted,
                ModifiedAt = DocumentedRuns.Submitted,
            },
            Entity = new StoredModelEntity
            {
                MlAssetGuid = Id,
                Name = $"{DocumentedRuns.Id} model saved from CLI",
                ModelType = "tensorflow-1.2",
                TrainingRunId = DocumentedRuns.Id,
                Files = 2,
                Bytes = 4096,
            },
        };

    public static StoredModelResource BeingStored()
    {
        var stored = Stored();
        return stored with
        {
            Entity = stored.Entity with
            {
                ModelVersion = new ModelVersionResource
                {
                    Guid = Id,
                    Url = $"/v3/ml_assets/models/{Id}",
                    ContentUrl = $"/v3/ml_assets/models/{Id}/content",
                    ContentStatus = new ContentStatusResource("persisting"),
                    CreatedAt = DocumentedRuns.Submitted,
                },
            },
        };
    }
}
