using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;

namespace Trainyard.Manifests.Rules;

/// <summary><c>training_results_reference</c> or <c>training_results</c>: required.</summary>
internal sealed class TrainingResultsRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.IsFfdl)
        {
            return;
        }

        if (context.Root.Take("training_results_reference", "training_results") is { } field)
        {
            context.Draft.Results = new StoreReader(context, StoreReader.Target).Read(field);
        }
        else
        {
            context.Root.Missing("training_results_reference", "it says where the results go");
        }
    }
}
