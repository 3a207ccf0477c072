using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>priority</c>: low, normal or high.</summary>
internal sealed class PriorityRule : IManifestRule
{
    private static readonly string[] Words = ["low", "normal", "high"];

    public void Apply(ManifestContext context) =>
        context.Draft.Priority = context.Choice(context.Root.Take("priority"), Words) switch
        {
            "low" => RunPriority.Low,
            "high" => RunPriority.High,
            _ => RunPriority.Normal,
        };
}
