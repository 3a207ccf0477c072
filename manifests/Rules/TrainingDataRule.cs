using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;

namespace Trainyard.Manifests.Rules;

/// <summary><c>training_data_reference</c> or <c>training_data</c>: required.</summary>
internal sealed class TrainingDataRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.IsFfdl)
        {
            return;
        }

        if (context.Root.Take("training_data_reference", "training_data") is { } field)
        {
            context.Draft.Data = new StoreReader(context, StoreReader.Source).Read(field);
        }
        else
        {
            context.Root.Missing("training_data_reference", "it says where the data is");
        }
    }
}
