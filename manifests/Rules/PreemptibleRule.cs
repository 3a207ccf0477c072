using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>preemptible</c>: whether the run may be stopped for one that goes before it.</summary>
internal sealed class PreemptibleRule : IManifestRule
{
    private static readonly string[] Words = ["true", "false"];

    public void Apply(ManifestContext context) =>
        context.Draft.Preemptible = context.Choice(context.Root.Take("preemptible"), Words) == "true";
}
